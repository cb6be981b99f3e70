import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';
import { Random } from '../faults/random.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { describeAtLength } from '../support/at-length.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { temporaryFolder } from '../support/run-folder.js';
import { eventually } from '../support/waiting.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const THERE = 100_000;
const BOTH = 2_000;
const HERE_ONLY = 500;
const KILLS = 20;
/** Of so many kills some come when the merge is through; most do not. */
const IN_THE_MIDST = 12;

const rows = (prefix: string, count: number): Row[] =>
  Array.from({ length: count }, (_, n) => ({ event_type: 'click', event_id: `${prefix}-${n}`, timestamp: NOON + n }));

const SAME = `
select count(*)::int as count, md5(string_agg(concat_ws(' ', event_key, event_type, fingerprint, occurred_at), ',' order by event_key, event_type)) as sum
from events join event_identity using (event_key, event_type, occurred_at) where event_id not like 'here-%'`;

/** The process of `npm run merge` ends without a word, at any point (`npm run build` first). */
describeAtLength('a merge whose process is killed at twenty random points', () => {
  let databases: TestDatabase[];
  let other: TestApplication;
  let here: Client;
  let there: Client;

  beforeAll(async () => {
    databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
    other = await startApplication(databases[1]!.url, { PULSAR_CLUSTER: 'b' });
    await other.database.connect();
    await recordRows(other.store, [...rows('there', THERE), ...rows('both', BOTH)]);
    const own = await startApplication(databases[0]!.url, { PULSAR_CLUSTER: 'a' });
    await own.database.connect();
    await recordRows(own.store, [...rows('both', BOTH), ...rows('here', HERE_ONLY)]);
    await own.close();
    [here, there] = databases.map(({ url }) => new Client({ connectionString: url })) as [Client, Client];
    await Promise.all([here.connect(), there.connect()]);
  }, 240_000);
  afterAll(async () => {
    await Promise.all([here.end(), there.end()]);
    await other.close();
    await Promise.all(databases.map((database) => database.drop()));
  });

  let cwd: string;
  const start = (): ChildProcess => {
    const regions = { DATABASE_URL: databases[0]!.url, REGION: 'a', REGIONS: `b=${other.url}`, PULSAR_CLUSTER: 'a' };
    const env = { ...process.env, ...regions };
    return spawn(process.execPath, [join(process.cwd(), 'dist/cli.js'), 'merge', '--from', 'b'], {
      cwd,
      env,
      stdio: 'ignore',
    });
  };
  const counted = async () => {
    const { rows: found } = await here.query<{ n: number }>(
      'select coalesce(sum(n), 0)::int as n from event_counts_15m',
    );
    return found[0]!.n;
  };
  const ended = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

  it('is the same union once it comes to its end, nothing lost and nothing twice', async () => {
    cwd = await temporaryFolder('killed'); // where no .env is
    const random = new Random(20_261_126);
    const all = (await counted()) + THERE;
    let inTheMidst = 0;
    for (let left = KILLS; left > 0; left--) {
      const begun = await counted();
      // Somewhere on the way, so that the rest is enough for the kills that are left.
      const point = begun + random.below(Math.max(1, Math.floor((2 * (all - begun)) / (left + 1))));
      const merging = start();
      const end = once(merging, 'exit');
      await eventually(async () => ended(merging) || (await counted()) > point, {
        within: 180_000,
        what: `more than ${point} events are here`,
      });
      if (merging.kill('SIGKILL') && (await counted()) < all) inTheMidst += 1;
      await end;
    }
    expect(inTheMidst).toBeGreaterThanOrEqual(IN_THE_MIDST);

    // Other tests' transactions may hold back the last ones.
    const whole = (await there.query<{ count: number; sum: string }>(SAME)).rows[0]!;
    await eventually(
      async () => {
        const merging = start();
        const [code] = (await once(merging, 'exit')) as [number];
        expect(code).toBe(0);
        expect((await here.query(SAME)).rows[0]).toEqual(whole);
        return true;
      },
      { within: 180_000, what: 'all is merged' },
    );
    expect(whole.count).toBe(THERE + BOTH);
    expect(await counted()).toBe(THERE + BOTH + HERE_ONLY);
  }, 600_000);
});
