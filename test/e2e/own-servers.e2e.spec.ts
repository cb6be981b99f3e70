import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from '../../src/platform/loopback-port.js';
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded/embedded-postgres.js';
import { readPid, runs, startOf } from '../../src/platform/running-process.js';
import { clickPayload, encoded } from '../support/events.js';
import { describeWithPulsar, publishTo } from '../support/pulsar.js';
import { temporaryFolder } from '../support/run-folder.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';

const execute = promisify(execFile);
const FIRST_START_MS = 90_000;
const LATE_START_MS = 90_000;
const TEST_MS = 240_000;
/** An address where nobody is: then a service has no Pulsar of its own. */
const NO_PULSAR = { PULSAR_SERVICE_URL: 'ws://127.0.0.1:9' };

let dataDir: string;
let services: RunningService[];

const start = async (env: Record<string, string>) => {
  const service = await startService({ env: { DATA_DIR: dataDir, ...env }, within: FIRST_START_MS });
  services.push(service);
  const ready = async () =>
    service.logs().includes('monitoreo is ready') && (await fetch(`${service.url}/health/ready`)).ok;
  await eventually(ready, { within: 20_000, what: 'it is ready' });
  return service;
};
const stop = async (service: RunningService) => {
  service.kill('SIGINT');
  expect(await service.exited).toEqual({ code: 0, signal: null });
};
const postmaster = () => readPid(join(dataDir, 'postgres/cluster/data/postmaster.pid'));
const running = async () =>
  JSON.parse(await readFile(join(dataDir, 'running.json'), 'utf8')) as Record<string, string | number | null>;
const health = async ({ url }: RunningService) =>
  (await (await fetch(`${url}/health`)).json()) as {
    status: string;
    components: Record<string, { status: string; reason?: string }>;
  };
const databaseIsUp = async (service: RunningService) =>
  expect((await health(service)).components.postgresql).toEqual({ status: 'up' });

beforeEach(async () => {
  dataDir = join(await temporaryFolder('own-servers'), 'data');
  await mkdir(dataDir);
  services = [];
});
afterEach(async () => {
  for (const service of services) service.kill('SIGKILL');
  await Promise.all(services.map(({ exited }) => exited));
});

describe('one DATA_DIR has one service', () => {
  test.each([
    ['the same port', true],
    ['another port', false],
  ])(
    'a second start on %s says who runs and where, and harms nothing',
    async (_, samePort) => {
      const first = await start(NO_PULSAR);
      const told = await running();
      expect(told).toMatchObject({ pid: first.pid, url: first.url });
      const port = samePort ? new URL(first.url).port : String(await freePort());
      const refused = execute(process.execPath, [join(process.cwd(), 'dist/main.js')], {
        cwd: await temporaryFolder('second'),
        env: { PATH: '/usr/bin:/bin', DATA_DIR: dataDir, PORT: port, ...NO_PULSAR },
      });
      await expect(refused).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          new RegExp(
            `runs already .*: process ${first.pid}, ${first.url}\n.*npm run demo.*\n.*kill ${first.pid}\n.*DATA_DIR`,
          ),
        ) as string,
      });
      expect(await running()).toEqual(told);
      await databaseIsUp(first);
      await stop(first);
      expect(await postmaster()).toBeNull();
    },
    TEST_MS,
  );

  test(
    'two that start at the same moment: one serves, the other says so',
    async () => {
      const both = await Promise.allSettled([start(NO_PULSAR), start(NO_PULSAR)]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const refused = both.find((outcome) => outcome.status === 'rejected')!;
      expect(String(refused.reason)).toContain('monitoreo runs already');
      await databaseIsUp(services[0]!);
    },
    TEST_MS,
  );

  test(
    'after kill -9 the next start adopts the server, and stops it at its end',
    async () => {
      const first = await start(NO_PULSAR);
      const server = (await postmaster())!;
      first.kill('SIGKILL');
      await first.exited;
      expect(await runs(server, ['postgres'])).toBe(true);
      const second = await start(NO_PULSAR);
      expect(second.logs()).toContain('PostgreSQL: already running');
      expect(await postmaster()).toBe(server);
      await stop(second);
      expect(await runs(server, ['postgres'])).toBe(false);
    },
    TEST_MS,
  );

  test.each([
    ['is empty', () => ''],
    ['is cut off', () => '{"pid":'],
    ['names a process that is gone', () => JSON.stringify({ pid: 999_999_999, start: 'x 1' })],
    [
      'names a living stranger, which has the number since a reboot',
      () => JSON.stringify({ pid: process.pid, start: 'x 1' }),
    ],
    [
      'was written by an earlier version',
      () => JSON.stringify({ pulsar_service_url: 'pulsar://127.0.0.1:6650', pulsar_web_url: 'http://127.0.0.1:8080' }),
    ],
  ])(
    'a running.json that %s is no obstacle',
    async (_, content) => {
      await writeFile(join(dataDir, 'running.json'), content());
      const service = await start(NO_PULSAR);
      expect(await running()).toMatchObject({ pid: service.pid, start: await startOf(service.pid), url: service.url });
    },
    TEST_MS,
  );

  test(
    'a command that started the server leaves it to the service that came, and the service leaves it to a command',
    async () => {
      const command = await startEmbeddedPostgres({ folder: join(dataDir, 'postgres'), log: () => undefined });
      const service = await start(NO_PULSAR);
      await command.stop();
      await databaseIsUp(service);

      const next = await startEmbeddedPostgres({ folder: join(dataDir, 'postgres'), log: () => undefined });
      await stop(service);
      const client = new Client({ connectionString: next.url });
      await client.connect();
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      await client.end();
      await next.stop();
      expect(await postmaster()).toBeNull();
    },
    TEST_MS,
  );
});

describeWithPulsar('a Pulsar of our own that cannot start', () => {
  let programs: string;
  let real: string;

  beforeEach(async () => {
    await symlink(join(process.cwd(), '.data/pulsar-lib'), join(dataDir, 'pulsar-lib')); // spares the download
    programs = await temporaryFolder('programs');
    const where = async (program: string) => (await execute('/bin/sh', ['-c', `command -v ${program}`])).stdout.trim();
    real = await where('java');
    await symlink(await where('id'), join(programs, 'id'));
  });

  const java = async (script: string) => {
    await writeFile(join(programs, 'java'), `#!/bin/sh\n[ "$1" = -version ] && exec ${real} "$@"\n${script}\n`);
    await chmod(join(programs, 'java'), 0o755);
  };
  const works = () => java(`exec ${real} "$@"`);

  const served = async (why: RegExp, printed: RegExp) => {
    const service = await start({ PATH: programs });
    expect(await health(service)).toMatchObject({
      status: 'degraded',
      components: {
        postgresql: { status: 'up' },
        pulsar: { status: 'off', reason: expect.stringMatching(why) as string },
      },
    });
    expect(service.logs()).toMatch(printed);
    expect(service.logs()).toContain(`monitoreo is ready on ${service.url}`);
    return service;
  };

  const becomesUp = async (service: RunningService) => {
    await eventually(async () => expect((await health(service)).components.pulsar).toEqual({ status: 'up' }), {
      within: LATE_START_MS,
      what: 'Pulsar is up',
    });
    const webUrl = (await running()).pulsar_web_url as string;
    await publishTo(
      webUrl,
      'persistent://public/default/clicks',
      encoded(clickPayload({ timestamp: new Date().toISOString() })),
    );
    const clicks = async () =>
      ((await (await fetch(`${service.url}/metrics?period=24h`)).json()) as { total_clicks: number }).total_clicks;
    await eventually(async () => expect(await clicks()).toBe(1), { within: 20_000, what: 'the click is counted' });
    const broker = JSON.parse(await readFile(join(dataDir, 'pulsar/broker.json'), 'utf8')) as { pid: number };
    await stop(service);
    expect(await runs(broker.pid, ['java'])).toBe(false);
  };

  test(
    'because its JVM ends: HTTP is served, /health says why; when it can, it comes and its messages are recorded',
    async () => {
      await java(`echo 'no heap for this' >&2; exit 1`);
      const service = await served(/^Pulsar does not start: .*exit 1.*broker\.log/, /no heap for this/);
      await works();
      await becomesUp(service);
    },
    TEST_MS,
  );

  test(
    'because its jars are spoiled: the same',
    async () => {
      await works();
      const lib = join(dataDir, 'pulsar-lib');
      await execute('/bin/sh', [
        '-c',
        'rm "$1" && mkdir -p "$1" && cd "$2" && for f in *; do mkdir "$1/$f"; done',
        'sh',
        lib,
        join(process.cwd(), '.data/pulsar-lib'),
      ]);
      const service = await served(/^Pulsar does not start/, /PulsarStandaloneStarter/);
      await execute('/bin/sh', [
        '-c',
        'rm -r "$1" && ln -s "$2" "$1"',
        'sh',
        lib,
        join(process.cwd(), '.data/pulsar-lib'),
      ]);
      await becomesUp(service);
    },
    TEST_MS,
  );

  test(
    'because its folder is a file: the same, and because Java is missing: the same',
    async () => {
      await writeFile(join(dataDir, 'pulsar'), 'in the way');
      const service = await served(/^Pulsar cannot run here: .*Java 17 or newer is not installed/, /Java/);
      await works();
      await eventually(
        async () =>
          expect((await health(service)).components.pulsar?.reason).toMatch(/^Pulsar does not start: EEXIST|ENOTDIR/),
        { within: LATE_START_MS, what: 'the reason that holds now' },
      );
      await execute('rm', [join(dataDir, 'pulsar')]);
      await becomesUp(service);
    },
    TEST_MS,
  );
});
