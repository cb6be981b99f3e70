import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readPid, runs } from '../../src/platform/running-process.js';
import { describeWithPulsar } from '../support/pulsar.js';
import { temporaryFolder } from '../support/run-folder.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';

/** `npm start` as a newcomer has it: no address configured (scripts/start.mjs only installs and builds before this). */
const execute = promisify(execFile);
/** A JVM on a busy machine. */
const FIRST_START_MS = 90_000;
const SHUTDOWN_MS = 10_000;
const TEST_MS = 240_000;

let dataDir: string;
let service: RunningService | undefined;

const start = async (env: Record<string, string> = {}) =>
  (service = await startService({ env: { DATA_DIR: dataDir, ...env }, within: FIRST_START_MS }));

const json = async (url: string): Promise<unknown> => (await fetch(url)).json();

async function stop(running: RunningService): Promise<void> {
  const begin = performance.now();
  running.kill('SIGINT');
  expect(await running.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - begin).toBeLessThan(SHUTDOWN_MS);
}

/** The process id of PostgreSQL (null: it does not run). */
const postmaster = () => readPid(join(dataDir, 'postgres/cluster/data/postmaster.pid'));

beforeEach(async () => {
  dataDir = join(await temporaryFolder('set-up'), 'data');
  await mkdir(dataDir);
});
afterEach(async () => {
  service?.kill('SIGKILL');
  await service?.exited;
});

describeWithPulsar('a start without any configuration', () => {
  beforeEach(async () => {
    await symlink(join(process.cwd(), '.data/pulsar-lib'), join(dataDir, 'pulsar-lib')); // spares the download
  });

  it(
    'brings PostgreSQL and Pulsar, takes what the demo publishes, stops both at Ctrl-C, and comes back with the data',
    async () => {
      const first = await start({ PATH: await pathWithoutDocker() });
      // Said a moment after the first answer: where the service is, is written down before.
      await eventually(() => expect(first.logs()).toContain(`monitoreo is ready on ${first.url}`), {
        within: 5_000,
        what: 'it says that it is ready',
      });
      const broker = JSON.parse(await readFile(join(dataDir, 'pulsar/broker.json'), 'utf8')) as { pid: number };

      const demo = [
        join(process.cwd(), 'dist/cli.js'),
        'demo',
        '--rate',
        '100',
        '--duration',
        '3',
        '--users',
        '20',
        '--days',
        '0',
      ];
      const { stdout } = await execute(process.execPath, demo, { env: { ...process.env, DATA_DIR: dataDir } });
      const [, published] = /published (\d+) · confirmed \1 /.exec(stdout.split('\n').at(-2) ?? '') ?? [];
      expect(published).toBe('300');

      const count = async (url: string) => {
        const metrics = (await json(`${url}/metrics?period=24h`)) as Record<string, number>;
        const { total_clicks = 0, total_votes = 0, total_views = 0, total_conversions = 0, total_sales = 0 } = metrics;
        return total_clicks + total_votes + total_views + total_conversions + total_sales;
      };
      await eventually(async () => expect(await count(first.url)).toBe(300), {
        within: 20_000,
        what: 'all are counted',
      });
      await stop(first);
      expect(await postmaster()).toBeNull();
      expect(await runs(broker.pid, ['java'])).toBe(false);

      const second = await start({ PATH: await pathWithoutDocker() });
      await eventually(async () => expect(await count(second.url)).toBe(300), {
        within: 20_000,
        what: 'the data is there',
      });
      await stop(second);
    },
    TEST_MS,
  );
});

/** A folder that holds nothing but these programs of ours. */
async function pathWith(programs: readonly string[]): Promise<string> {
  const folder = await temporaryFolder('path');
  for (const program of programs) {
    const { stdout } = await execute('/bin/sh', ['-c', `command -v ${program}`]);
    await symlink(stdout.trim(), join(folder, program));
  }
  return folder;
}

/** Where Docker answers it would be preferred, and leave a container behind. */
const pathWithoutDocker = () => pathWith(['id', 'java']);
