import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { freePort, lastingPort } from '../../../../src/platform/loopback-port.js';
import { standaloneConf } from '../../../../src/platform/pulsar/embedded/embedded-pulsar-configuration.js';
import { ensureJars } from '../../../../src/platform/pulsar/embedded/embedded-pulsar-jars.js';
import { type EmbeddedPulsar, startEmbeddedPulsar } from '../../../../src/platform/pulsar/embedded/embedded-pulsar.js';
import { isAlive } from '../../../../src/platform/running-process.js';
import { listeningSockets, processTree } from '../../../support/listening-sockets.js';
import {
  backlogAfterStart,
  createSubscription,
  createTopic,
  describeWithPulsar,
  publishTo,
} from '../../../support/pulsar.js';
import { temporaryFolder } from '../../../support/run-folder.js';
import { eventually } from '../../../support/waiting.js';

const LIB = join(process.cwd(), '.data/pulsar-lib');
const SEVERAL_STARTS_MS = 120_000;
const READY_MS = 60_000;
const onLinux = process.platform === 'linux' ? test : test.skip;

interface Ports {
  readonly broker: number;
  readonly web: number;
  readonly bookie: number;
}

describeWithPulsar("the bookie of our own Pulsar, and the broker's other servers", () => {
  let folder: string;
  let started: EmbeddedPulsar[];
  let holder: Server | undefined;

  beforeEach(async () => {
    folder = join(await temporaryFolder('bookie'), 'pulsar');
    started = [];
  });
  afterEach(async () => {
    holder?.close();
    for (const pulsar of started) await pulsar.stop(0);
  });

  const start = async () => {
    const ports = { broker: await lastingPort(), web: await lastingPort() };
    const options = { folder, libFolder: LIB, preferredPorts: ports, useDocker: false, progress: () => undefined };
    const pulsar = await startEmbeddedPulsar(options);
    if ('unavailable' in pulsar) throw new Error(pulsar.unavailable);
    started.push(pulsar);
    return pulsar;
  };

  const told = async () => (JSON.parse(await readFile(join(folder, 'broker.json'), 'utf8')) as { ports: Ports }).ports;

  const kill = async (pulsar: EmbeddedPulsar) => {
    process.kill(pulsar.pid!, 'SIGKILL');
    await eventually(() => !isAlive(pulsar.pid!), { within: 5_000, what: 'the broker is gone' });
  };

  /** The system lets go of a killed process's port a moment after the process. */
  const take = (port: number) =>
    eventually(
      async () => {
        holder = createServer().listen(port, '127.0.0.1');
        await once(holder, 'listening');
      },
      { within: 5_000, what: 'the port is ours' },
    );

  const withMessage = async (pulsar: EmbeddedPulsar) => {
    const topic = await createTopic({}, pulsar.webUrl);
    await createSubscription(topic, 'kept', pulsar.webUrl);
    await publishTo(pulsar.webUrl, topic);
    return topic;
  };

  /** On the ports that broker.json tells, and no others. */
  const expectLoopbackOnly = async (pulsar: EmbeddedPulsar) => {
    if (process.platform !== 'linux') return;
    const listening = Object.values(await told()).map((port) => `127.0.0.1:${port}`);
    expect(await sockets(pulsar)).toEqual(listening.sort());
  };

  const sockets = async (pulsar: EmbeddedPulsar) =>
    (await Promise.all((await processTree(pulsar.pid!)).map(listeningSockets))).flat().sort();

  test(
    'a taken port of the bookie is named; once it is free, and after the folder was moved, the messages are there, on loopback alone',
    async () => {
      const first = await start();
      const ports = await told();
      const topic = await withMessage(first);
      await expectLoopbackOnly(first);
      // Systems give these ports to nobody.
      expect(ports.bookie).toBeGreaterThanOrEqual(20_000);
      expect(ports.bookie).toBeLessThan(32_000);

      await kill(first);
      await take(ports.bookie);
      await writeFile(join(folder, 'broker.json'), ''); // as after a power cut: no obstacle
      await expect(start()).rejects.toThrow(new RegExp(`Port ${ports.bookie}, .* is taken by another process`));
      holder!.close();
      await once(holder!, 'close');

      const moved = join(await temporaryFolder('moved'), 'elsewhere');
      await rename(folder, moved);
      folder = moved;
      await writeFile(join(folder, 'broker.json'), '{"pid":12'); // cut off
      const second = await start();
      expect((await told()).bookie).toBe(ports.bookie);
      await expectLoopbackOnly(second);
      expect(await backlogAfterStart(topic, 'kept', second.webUrl)).toBe(1);
    },
    SEVERAL_STARTS_MS,
  );

  onLinux(
    'data of an earlier version, with absolute paths and a port of the ephemeral range, goes on, on loopback',
    async () => {
      const bookie = await freePort();
      const early = await startAsEarlierVersion(folder, bookie);
      const topic = await withMessage({ webUrl: early.webUrl } as EmbeddedPulsar);
      await early.kill();
      expect(await readFile(join(folder, 'bookkeeper/current/VERSION'), 'utf8')).toContain(`journalDir: "${folder}`);

      const pulsar = await start();
      expect(await backlogAfterStart(topic, 'kept', pulsar.webUrl)).toBe(1);
      await publishTo(pulsar.webUrl, topic);
      expect((await told()).bookie).toBe(bookie);
      expect(await sockets(pulsar)).toContain(`127.0.0.1:${bookie}`);
      expect((await sockets(pulsar)).every((socket) => socket.startsWith('127.0.0.1:'))).toBe(true);
    },
    SEVERAL_STARTS_MS,
  );

  test('data of an earlier version that was moved says where it was, instead of a log', async () => {
    await mkdir(join(folder, 'bookkeeper/current'), { recursive: true });
    const cookie = '5\nbookieHost: "127.0.0.1:25160"\njournalDir: "/earlier/Se\\303\\261al/bookkeeper"\n';
    await writeFile(join(folder, 'bookkeeper/current/VERSION'), cookie);
    await expect(start()).rejects.toThrow(
      /was made in \/earlier\/Señal\/bookkeeper and opens nowhere else: move it back/,
    );
  });
});

/** The broker as the launcher started it before: absolute paths, nothing told to the bookie but its port in the cookie. */
async function startAsEarlierVersion(folder: string, bookie: number) {
  const lib = await ensureJars(LIB, () => undefined);
  const ports = { broker: await lastingPort(), web: await lastingPort(), bookie };
  await mkdir(join(folder, 'tmp'), { recursive: true });
  const settings = standaloneConf(ports, {}).replace(/^(bookieId|listeningInterface)=.*\n/gm, '');
  await writeFile(join(folder, 'standalone.conf'), settings);
  const drivers = 'org.apache.pulsar.metadata.bookkeeper.PulsarMetadata';
  const opened = [
    'java.base/java.io',
    'java.base/java.nio',
    'java.base/jdk.internal.misc',
    'java.management/sun.management',
  ];
  const log = await open(join(folder, 'broker.log'), 'w');
  const java = spawn(
    'java',
    [
      ...['-Xmx384m', '-XX:MaxDirectMemorySize=384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
      ...opened.flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]),
      `-Djava.io.tmpdir=${join(folder, 'tmp')}`,
      '-Djava.net.preferIPv4Stack=true',
      `-Dbookkeeper.metadata.bookie.drivers=${drivers}BookieDriver`,
      `-Dbookkeeper.metadata.client.drivers=${drivers}ClientDriver`,
      ...['-cp', join(lib, '*'), 'org.apache.pulsar.PulsarStandaloneStarter'],
      ...['--config', join(folder, 'standalone.conf'), '--metadata-dir', join(folder, 'metadata')],
      ...['--bookkeeper-dir', join(folder, 'bookkeeper'), '--bookkeeper-port', String(bookie), '-nfw', '-nss'],
    ],
    { cwd: folder, stdio: ['ignore', log.fd, log.fd] },
  );
  const ended = once(java, 'exit');
  await log.close();
  const webUrl = `http://127.0.0.1:${ports.web}`;
  await writeFile(join(folder, 'broker.json'), JSON.stringify({ pid: java.pid, ports })); // ends with the run
  const isReady = async () =>
    (await (await fetch(`${webUrl}/admin/v2/brokers/health`)).text()) === 'ok' &&
    (await (await fetch(`${webUrl}/admin/v2/namespaces/public`)).text()).includes('"public/default"');
  await eventually(isReady, { within: READY_MS, what: 'the earlier broker is ready' });
  return {
    webUrl,
    kill: async () => {
      java.kill('SIGKILL');
      await ended;
    },
  };
}
