import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { lastingPort } from '../../../../src/platform/loopback-port.js';
import { type EmbeddedPulsar, startEmbeddedPulsar } from '../../../../src/platform/pulsar/embedded/embedded-pulsar.js';
import { isAlive, startOf } from '../../../../src/platform/running-process.js';
import {
  backlogAfterStart,
  createSubscription,
  createTopic,
  describeWithPulsar,
  publishTo,
} from '../../../support/pulsar.js';
import { temporaryFolder } from '../../../support/run-folder.js';
import { eventually } from '../../../support/waiting.js';

/** Two or three broker starts, each 5 to 20 s on a busy machine. */
const SEVERAL_STARTS_MS = 120_000;

const LIB = join(process.cwd(), '.data/pulsar-lib');

describeWithPulsar('a Pulsar of our own, in a JVM', () => {
  let folder: string;
  let started: EmbeddedPulsar[];
  const start = async (signal?: AbortSignal) => {
    const pulsar = await startEmbeddedPulsar({
      folder,
      libFolder: LIB,
      preferredPorts: { broker: await lastingPort(), web: await lastingPort() },
      useDocker: false,
      progress: () => undefined,
      signal,
    });
    if ('unavailable' in pulsar) throw new Error(pulsar.unavailable);
    started.push(pulsar);
    return pulsar;
  };

  beforeEach(async () => {
    folder = join(await temporaryFolder('pulsar'), 'pulsar');
    started = [];
  });
  afterEach(async () => {
    for (const pulsar of started) await pulsar.stop(0);
  });

  test(
    'a start that is given up has ended its JVM when it fails',
    async () => {
      const ending = new AbortController();
      const given = start(ending.signal);
      const broker = async () =>
        (JSON.parse(await readFile(join(folder, 'broker.json'), 'utf8')) as { readonly pid: number }).pid;
      const pid = await eventually(broker, { within: SEVERAL_STARTS_MS, what: 'a JVM is started' });
      ending.abort();
      await expect(given).rejects.toThrow('Pulsar ended while starting');
      expect(isAlive(pid)).toBe(false);
    },
    SEVERAL_STARTS_MS,
  );

  test(
    'is adopted while it runs, and after kill -9 comes back with its messages, on other ports',
    async () => {
      const first = await start();
      expect(first.adopted).toBe(false);
      // What the JVM unpacks stays in its folder, whichever way it ends.
      expect((await readdir(join(folder, 'tmp'))).join()).toContain('librocksdb');
      // The archive of the run's first start is in use: a JVM passes over one that does not fit, and says nothing.
      if (process.platform === 'linux')
        expect(await readFile(`/proc/${first.pid}/maps`, 'utf8')).toMatch(/classes-\w+\.jsa$/m);
      const topic = await createTopic({}, first.webUrl);
      await createSubscription(topic, 'kept', first.webUrl);
      await publishTo(first.webUrl, topic);

      const second = await start();
      expect(second).toMatchObject({
        adopted: true,
        pid: first.pid,
        serviceUrl: first.serviceUrl,
        webUrl: first.webUrl,
      });

      const pid = first.pid ?? 0;
      process.kill(pid, 'SIGKILL');
      await eventually(() => !isAlive(pid), { within: 5_000, what: 'the broker is gone' });
      await writeFile(join(folder, 'broker.json'), '{"pid":"12","ports":null}'); // of another shape
      const third = await start();
      expect(third.adopted).toBe(false);
      expect(third.webUrl).not.toBe(first.webUrl);
      expect(await backlogAfterStart(topic, 'kept', third.webUrl)).toBe(1);

      await first.stop(0);
      expect(isAlive(third.pid ?? 0)).toBe(true);
      await third.stop(0);
      expect(isAlive(third.pid ?? 0)).toBe(false);
    },
    SEVERAL_STARTS_MS,
  );

  test(
    'ends when it is stopped, by KILL where TERM takes too long, but not while another process has it',
    async () => {
      const pulsar = await start();
      const pid = pulsar.pid ?? 0;
      const other = join(folder, 'users', String(process.ppid));
      await writeFile(other, (await startOf(process.ppid))!);
      await pulsar.stop(0);
      expect(isAlive(pid)).toBe(true); // for another uses it

      await rm(other);
      await pulsar.stop(100);
      expect(isAlive(pid)).toBe(false);
    },
    SEVERAL_STARTS_MS,
  );

  test(
    'a broker that cannot start gives the end of its log',
    async () => {
      await expect(
        startEmbeddedPulsar({
          folder,
          libFolder: LIB,
          preferredPorts: { broker: await lastingPort(), web: await lastingPort() },
          extraConfiguration: { numIOThreads: 'many' },
          useDocker: false,
          progress: () => undefined,
        }),
      ).rejects.toThrow(/ended while starting.*end of its log.*many/s);
    },
    SEVERAL_STARTS_MS,
  );
});

/**
 * Which programs there are is a matter of PATH, and a test cannot change its own process's: so the compiled launcher
 * (`npm run build`) runs in another one, where PATH holds nothing but these stand-ins.
 */
describe('where programs are missing', () => {
  const execute = promisify(execFile);
  const launcher = pathToFileURL(join(process.cwd(), 'dist/platform/pulsar/embedded/embedded-pulsar.js')).href;
  let folder: string;

  beforeEach(async () => {
    folder = await temporaryFolder('path');
  });

  const standIn = async (program: string, script: string) => {
    await writeFile(join(folder, program), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, program), 0o755);
  };

  const launch = async (path = folder): Promise<{ unavailable?: string; adopted?: boolean; webUrl?: string }> => {
    const options = `{ folder: ${JSON.stringify(join(folder, 'pulsar'))}, progress: () => undefined }`;
    const script = `import { startEmbeddedPulsar } from '${launcher}';
      console.log(JSON.stringify(await startEmbeddedPulsar(${options})));`;
    const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script], { env: { PATH: path } });
    return JSON.parse(stdout) as object;
  };

  test.each([
    ['neither Docker nor Java', {}, /no usable Docker, and Java 17 or newer is not installed.*PULSAR_SERVICE_URL/],
    ['a Java that is too old', { java: `echo 'openjdk version "11.0.2"' >&2` }, /Java is version 11, 17 or newer/],
    ['an ancient Java', { java: `echo 'java version "1.8.0_281"' >&2` }, /Java is version 8, 17 or newer/],
    ['the Java of macOS that only says where to get one', { java: 'exit 1' }, /Java 17 or newer is not installed/],
    ['no Maven', { java: `echo 'openjdk version "21.0.1"' >&2` }, /Maven is not installed/],
    [
      'a Docker without a daemon',
      { docker: 'echo "Cannot connect" >&2; exit 1' },
      /no usable Docker, and Java 17 or newer is not installed/,
    ],
    [
      'a Maven without a network',
      {
        java: `echo 'openjdk version "17.0.1"' >&2`,
        mvn: `[ "$1" = --version ] || { echo '[ERROR] no route'; exit 1; }`,
      },
      /Maven could not resolve Pulsar's jars: no route/,
    ],
  ] satisfies [string, Record<string, string>, RegExp][])(
    '%s: one line says what is missing',
    async (_, programs, line) => {
      for (const [program, script] of Object.entries(programs)) await standIn(program, script);
      const { unavailable } = await launch();
      expect(unavailable).toMatch(line);
      expect(unavailable).not.toContain('\n');
    },
  );

  test('a Docker container that runs already is adopted', async () => {
    const web = createServer((request, response) =>
      response.end(request.url?.endsWith('/health') ? 'ok' : '["public/default"]'),
    );
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    const { port } = web.address() as AddressInfo;
    try {
      await standIn('docker', `case "$1" in ps) echo 6650,${port};; images) echo 0123456789ab;; esac`);
      expect(await launch([folder, dirname('/bin/sh')].join(delimiter))).toMatchObject({
        adopted: true,
        webUrl: `http://127.0.0.1:${port}`,
      });
    } finally {
      web.close();
    }
  });
});
