import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'pg';
import { startApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { temporaryFolder } from '../support/run-folder.js';
import { eventually } from '../support/waiting.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const TOKEN = 'the-token-of-the-configuration';

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, n) => ({ event_type: 'click', event_id: `b-${n}`, timestamp: NOON + n, url: '/' }));

/** `npm run merge` beside services that run (`npm run build` first). */
describe('the command that merges a region', () => {
  let databases: TestDatabase[];
  let other: TestApplication;

  beforeAll(async () => {
    databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
    other = await startApplication(databases[1]!.url, { API_TOKEN: TOKEN, PULSAR_CLUSTER: 'b' });
    await other.database.connect();
    await recordRows(other.store, rows(2_500));
  });
  afterAll(async () => {
    await other.close();
    await Promise.all(databases.map((database) => database.drop()));
  });

  const command = async (args: readonly string[], env: Record<string, string> = {}) => {
    const cwd = await temporaryFolder('command'); // where no .env is
    const regions = { DATABASE_URL: databases[0]!.url, REGION: 'a', REGIONS: `b=${other.url}`, PULSAR_CLUSTER: 'a' };
    return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) =>
      execFile(
        process.execPath,
        [join(process.cwd(), 'dist/cli.js'), 'merge', ...args],
        { cwd, env: { ...process.env, ...regions, ...env } },
        (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }),
      ),
    );
  };

  it('needs a key of the role merge, rehearses, merges, and finds nothing new the second time', async () => {
    const refused = await command(['--from', 'b']);
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringMatching(/answers 401: set MERGE_TOKEN/) as string });
    expect(await command(['--from', 'c'], { MERGE_TOKEN: TOKEN })).toMatchObject({
      code: 1,
      stdout: 'There is no region c to merge from: must be one of b.\n',
    });

    const keys = await fetch(`${other.url}/keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-token': TOKEN },
      body: JSON.stringify({ role: 'merge', name: 'a' }),
    });
    const { key } = (await keys.json()) as { key: string };
    const rehearsal = await command(['--from', 'b', '--dry-run'], { MERGE_TOKEN: key });
    expect(rehearsal.code).toBe(0);
    // Other tests' transactions may hold back the last ones.
    const merged = await eventually(
      async () => {
        const { code, stdout } = await command(['--from', 'b'], { MERGE_TOKEN: key });
        const count = Number(/^b: ([\d,]+) merged/.exec(stdout)?.[1]?.replace(',', ''));
        return code === 0 && !Number.isNaN(count) && (await stored()) === 2_500 && stdout;
      },
      { within: 120_000, what: 'all is merged' },
    );
    expect(merged).toMatch(
      /^b: [\d,]+ merged, [\d,]+ known, 0 stamped anew, 0 in conflict, 0 below the retention floor, 0 rejected in [\d.]+ s \([\d,]+\/s\)\.$/m,
    );
    const again = await command(['--from', 'b'], { MERGE_TOKEN: key });
    expect(again.stdout).toMatch(/^b: 0 merged, 0 known/);
  }, 240_000);

  async function stored(): Promise<number> {
    const client = new Client({ connectionString: databases[0]!.url });
    await client.connect();
    const { rows: found } = await client.query<{ n: number }>('select count(*)::int as n from events');
    await client.end();
    return found[0]!.n;
  }
});
