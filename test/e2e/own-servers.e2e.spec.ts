import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { lastingPort } from '../../src/platform/loopback-port.js';
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded/embedded-postgres.js';
import { runs, startOf } from '../../src/platform/running-process.js';
import { temporaryFolder } from '../support/run-folder.js';
import { eventually } from '../support/waiting.js';
import { expectDatabaseUp, OwnDataFolder } from './own-data-folder.js';

const execute = promisify(execFile);
const TEST_MS = 240_000;
/** An address where nobody is: then a service has no Pulsar of its own. */
const NO_PULSAR = { PULSAR_SERVICE_URL: 'ws://127.0.0.1:9' };

let data: OwnDataFolder;
beforeEach(async () => {
  data = await OwnDataFolder.make();
});
afterEach(() => data.kill());

describe('one DATA_DIR has one service', () => {
  test.each([
    ['the same port', true],
    ['another port', false],
  ])(
    'a second start on %s says who runs and where, and harms nothing',
    async (_, samePort) => {
      const first = await data.start(NO_PULSAR);
      const told = await data.told();
      expect(told).toMatchObject({ pid: first.pid, url: first.url });
      const port = samePort ? new URL(first.url).port : String(await lastingPort());
      const refused = execute(process.execPath, [join(process.cwd(), 'dist/main.js')], {
        cwd: await temporaryFolder('second'),
        env: { PATH: '/usr/bin:/bin', DATA_DIR: data.path, PORT: port, ...NO_PULSAR },
      });
      await expect(refused).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          new RegExp(
            `runs already .*: process ${first.pid}, ${first.url}\n.*npm run demo.*\n.*kill ${first.pid}\n.*DATA_DIR`,
          ),
        ) as string,
      });
      expect(await data.told()).toEqual(told);
      await expectDatabaseUp(first);
      await data.stop(first);
      expect(await data.postmaster()).toBeNull();
    },
    TEST_MS,
  );

  test(
    'two that start at the same moment: one serves, the other says so',
    async () => {
      const both = await Promise.allSettled([data.start(NO_PULSAR), data.start(NO_PULSAR)]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const refused = both.find((outcome) => outcome.status === 'rejected')!;
      expect(String(refused.reason)).toContain('monitoreo runs already');
      const served = both.find((outcome) => outcome.status === 'fulfilled')!;
      await expectDatabaseUp(served.value);
    },
    TEST_MS,
  );

  test(
    'after kill -9 the next start adopts the server, and stops it at its end',
    async () => {
      const first = await data.start(NO_PULSAR);
      const server = (await data.postmaster())!;
      first.kill('SIGKILL');
      await first.exited;
      expect(await runs(server, ['postgres'])).toBe(true);
      const second = await data.start(NO_PULSAR);
      expect(second.logs()).toContain('PostgreSQL: already running');
      expect(await data.postmaster()).toBe(server);
      await data.stop(second);
      expect(await runs(server, ['postgres'])).toBe(false);
    },
    TEST_MS,
  );

  test(
    'a service that does not finish what is in flight ends its servers all the same, and says that it did not',
    async () => {
      const service = await data.start({ ...NO_PULSAR, FAILPOINT: 'in_drain:stall' });
      const server = (await data.postmaster())!;
      service.kill('SIGTERM');
      expect(await service.exited).toEqual({ code: 1, signal: null });
      expect(service.logs()).toContain('what is in flight took longer than');
      await eventually(async () => !(await runs(server, ['postgres'])), { within: 20_000, what: 'PostgreSQL ends' });
    },
    TEST_MS,
  );

  test(
    'a second SIGTERM, which ends the service at once, ends its servers too',
    async () => {
      const service = await data.start({ ...NO_PULSAR, FAILPOINT: 'in_drain:stall' });
      const server = (await data.postmaster())!;
      service.kill('SIGTERM');
      let ended = false;
      void service.exited.then(() => (ended = true));
      const terminate = async () => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        if (!ended) service.kill('SIGTERM');
        return ended;
      };
      await eventually(terminate, { within: 20_000, what: 'a second SIGTERM ends it' });
      expect(await service.exited).toEqual({ code: 1, signal: null });
      expect(service.logs()).not.toContain('took longer than');
      await eventually(async () => !(await runs(server, ['postgres'])), { within: 20_000, what: 'PostgreSQL ends' });
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
      await writeFile(join(data.path, 'running.json'), content());
      const service = await data.start(NO_PULSAR);
      expect(await data.told()).toMatchObject({
        pid: service.pid,
        start: await startOf(service.pid),
        url: service.url,
      });
    },
    TEST_MS,
  );

  test(
    'a command that started the server leaves it to the service that came, and the service leaves it to a command',
    async () => {
      const command = await startEmbeddedPostgres({ folder: join(data.path, 'postgres'), log: () => undefined });
      const service = await data.start(NO_PULSAR);
      await command.stop();
      await expectDatabaseUp(service);

      const next = await startEmbeddedPostgres({ folder: join(data.path, 'postgres'), log: () => undefined });
      await data.stop(service);
      const client = new Client({ connectionString: next.url });
      await client.connect();
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      await client.end();
      await next.stop();
      expect(await data.postmaster()).toBeNull();
    },
    TEST_MS,
  );
});
