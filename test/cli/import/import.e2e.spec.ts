import { Client } from 'pg';
import { createTestDatabase } from '../../support/postgres.js';
import { eventually } from '../../support/waiting.js';
import { command } from '../command.js';
import { CLICK, heatmapDb, type OlderClick } from './older-heat-map.js';

describe('import', () => {
  it('records 100,000 rows of two regions, imported twice, once', async () => {
    const database = await createTestDatabase();
    try {
      const env = { DATABASE_URL: database.url };
      // The second region has the last 20,000 rows of the first, and 20,000 of its own.
      const [first, second] = [await heatmapDb(olderClicks(0, 80_000)), await heatmapDb(olderClicks(60_000, 100_000))];
      const once = await command(['import', first, second], env);
      expect(once).toMatchObject({ code: 1, stderr: expect.stringMatching(/^import: [\d.]+ %, /m) as string });
      expect(once.stdout.match(/^row \d+: schema, x must be a number from 0 to 1/gm)).toHaveLength(12);
      expect(once.stdout).toMatch(/80,000 rows in [\d.]+ s \([\d,]+\/s\): 79,992 new, 0 known already, 8 refused\.$/m);
      expect(once.stdout).toMatch(
        /40,000 rows in [\d.]+ s \([\d,]+\/s\): 19,998 new, 19,998 known already, 4 refused\.$/m,
      );
      process.stdout.write(once.stdout.replace(/^row .*\n/gm, ''));
      const twice = await command(['import', second, first], env);
      expect(twice.stdout).toContain(': 0 new, 39,996 known already, 4 refused.');
      expect(twice.stdout).toContain(': 0 new, 79,992 known already, 8 refused.');
      expect(await command(['verify'], env)).toMatchObject({
        code: 0,
        stdout: 'The projections agree with 99,990 events.\n',
      });
    } finally {
      await database.drop();
    }
  }, 300_000);

  it('that is interrupted ends, and the next one goes on', async () => {
    const database = await createTestDatabase();
    const sql = new Client({ connectionString: database.url });
    await sql.connect();
    try {
      const env = { DATABASE_URL: database.url };
      const path = await heatmapDb(olderClicks(0, 9_000));
      // Nothing is recorded until this ends.
      await sql.query('begin');
      await sql.query('lock table event_identity in share mode');
      const waits = () => sql.query(`select from pg_locks where relation = 'event_identity'::regclass and not granted`);
      const stopped = new AbortController();
      const first = command(['import', path], env, stopped.signal);
      await eventually(async () => (await waits()).rowCount! > 0, { within: 60_000, what: 'the import waits' });
      stopped.abort();
      await sql.query('rollback');
      const { code, stdout } = await first;
      expect({ code, stdout }).toEqual({
        code: 1,
        stdout: expect.stringContaining('It was interrupted: the next call goes on.') as string,
      });
      expect((await command(['import', path], env)).stdout).toMatch(/^.*: 9,000 rows in .*, 1 refused\.$/m);
      expect((await sql.query(`select from events where event_type = 'click'`)).rowCount).toBe(8_999);
    } finally {
      await sql.end();
      await database.drop();
    }
  }, 120_000);

  it('begins nothing where one of its files cannot be read', async () => {
    const database = await createTestDatabase();
    try {
      const good = await heatmapDb([CLICK]);
      const { code, stdout } = await command(['import', good, `${good}.none`], { DATABASE_URL: database.url });
      expect({ code, stdout }).toEqual({
        code: 1,
        stdout: expect.stringMatching(/none cannot be read: ENOENT/) as string,
      });
      for (const options of [['--dry-run'], []]) {
        const once = await command(['import', ...options, good], { DATABASE_URL: database.url });
        expect(once).toMatchObject({ code: 0, stdout: expect.stringContaining('1 new, 0 known already') as string });
        expect(once.stdout.includes('nothing was written')).toBe(options.length > 0);
      }
    } finally {
      await database.drop();
    }
  }, 120_000);
});

/** Four of a second, in two pairs that say the same; each 10,000th cannot be recorded. */
function* olderClicks(from: number, to: number): Generator<Partial<OlderClick>> {
  const start = Date.parse('2025-11-03T00:00:00Z');
  for (let at = from; at < to; at++) {
    const created = new Date(start + Math.floor(at / 4) * 1_000).toISOString();
    yield {
      page_url: `/albums/${Math.floor(at / 2) % 50}`,
      x: at % 10_000 === 7 ? 1.5 : 0.25,
      created_at: created.replace('T', ' ').slice(0, 19),
    };
  }
}
