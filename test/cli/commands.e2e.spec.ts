import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { HELP as DEMO_HELP } from '../../src/cli/demo/options.js';
import { eventually } from '../support/waiting.js';
import { createEmptyDatabase, createTestDatabase } from '../support/postgres.js';
import { temporaryFolder } from '../support/run-folder.js';
import { CLICK, heatmapDb, type OlderClick } from './import/older-heat-map.js';

/** `node dist/cli.js`, as an operator calls it in the image (`npm run build` first). */
describe('the commands', () => {
  /** @param interrupt as Ctrl-C does */
  const command = async (args: readonly string[], env: Record<string, string> = {}, interrupt?: AbortSignal) => {
    const cwd = await temporaryFolder('command'); // where no .env is
    return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        [join(process.cwd(), 'dist/cli.js'), ...args],
        { cwd, env: { ...process.env, ...env } },
        (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }),
      );
      interrupt?.addEventListener('abort', () => child.kill('SIGINT'));
    });
  };

  it('are listed with a line each', async () => {
    for (const asked of ['--help', '-h']) {
      const { code, stdout } = await command([asked]);
      expect(code).toBe(0);
      for (const name of ['migrate', 'verify', 'rebuild', 'keys', 'import', 'demo'])
        expect(stdout).toMatch(new RegExp(`^ +${name} +\\w.*$`, 'm'));
    }
  });

  it.each([
    [['vanish', '--help'], 'There is no command vanish.'],
    [['toString'], 'There is no command toString.'],
    [[], 'Which command?'],
  ])('%j is refused, and the commands are listed', async (args, says) => {
    const { code, stderr } = await command(args);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/^ +migrate /m);
  });

  it.each(['migrate', 'verify', 'rebuild', 'keys', 'import', 'demo'])('%s says how it is used', async (name) => {
    const { code, stdout, stderr } = await command([name, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`npm run ${name}`);
  });

  it('demo --help is its whole help, whatever stands beside it', async () => {
    expect(await command(['demo', '-h', '--rate', 'x'])).toMatchObject({ code: 0, stdout: `${DEMO_HELP}\n` });
  });

  it.each([
    [['migrate', '--now'], 2, '--now'],
    [['verify', '--hours', 'many'], 2, '--hours must be a whole number'],
    [['rebuild', '--from', '0'], 2, '--from'],
    [['keys'], 2, 'create, list, rotate <id> or revoke <id>'],
    [['keys', 'create', '--role', 'boss', '--name', 'x'], 2, '--role must be one of ingest-public'],
    [['keys', 'create', '--role', 'read', '--name', ''], 2, '--name must be 1 to 100'],
    [['keys', 'revoke', 'x'], 2, 'needs the id of a key'],
    [['import'], 2, 'which file?'],
    [['import', 'heatmap.db', '--tz', 'Madrid'], 2, '--tz must be a time zone'],
    [['import', 'heatmap.db', '--force'], 2, '--force'],
    [['demo', '--rate', '0'], 1, '--rate must be a whole number'],
    [['demo', '--rats', '5'], 1, '--rats'],
  ])('%j is wrong: exit code %i', async (args, code, says) => {
    expect(await command(args)).toMatchObject({ code, stderr: expect.stringContaining(says) as string });
  });

  it('a wrong variable is said in words', async () => {
    const { code, stderr } = await command(['migrate'], { PULSAR_TOPIC_SALES: 'a b', PORT: 'x' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The configuration has 2 wrong value/);
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['is not there', null],
    ['is empty, as after a power cut', ''],
    ['is cut off', '{"pid":1,"pulsar_serv'],
    ['holds zeros', '\0'.repeat(64)],
    ['tells of a service without Pulsar', '{"pid":1,"start":null,"url":"http://127.0.0.1:8082"}'],
  ])('demo says what to do when running.json %s', async (_, content) => {
    const folder = await temporaryFolder('data');
    if (content !== null) await writeFile(join(folder, 'running.json'), content);
    const { code, stderr } = await command(['demo', '--duration', '1'], { DATA_DIR: folder });
    expect(code).toBe(1);
    expect(stderr).toContain('There is no Pulsar to publish to: run npm start in another terminal first');
    expect(stderr).not.toMatch(/JSON|undefined| {4}at /);
  });

  it('migrate brings a database up to date, once', async () => {
    const database = await createEmptyDatabase();
    try {
      const env = { DATABASE_URL: database.url };
      const first = await command(['migrate'], env);
      expect(first).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^Applied: Events1763700000000, /) as string,
      });
      expect(await command(['migrate'], env)).toMatchObject({ code: 0, stdout: 'The schema is up to date.\n' });
    } finally {
      await database.drop();
    }
  });

  it('keys makes, lists, replaces and ends a key; a secret is shown once', async () => {
    const database = await createEmptyDatabase();
    try {
      const env = { DATABASE_URL: database.url };
      const made = await command(['keys', 'create', '--role', 'read', '--name', 'grafana'], env);
      expect(made.code).toBe(0);
      const [key = '', told = ''] = made.stdout.split('\n');
      const id = /^Key (\S+) of the role read/.exec(told)?.[1] ?? '';
      const rotated = await command(['keys', 'rotate', id], env);
      expect(rotated).toMatchObject({ code: 0, stdout: expect.stringMatching(/^mon_[\w-]{43}\n/) as string });
      const list = await command(['keys', 'list'], env);
      expect(list.stdout).toMatch(new RegExp(`^${id}  read .* used never .*grafana\n$`));
      expect(list.stdout).not.toContain(key);
      expect(await command(['keys', 'revoke', id], env)).toMatchObject({ code: 0, stdout: `Key ${id} is revoked.\n` });
      expect(await command(['keys', 'rotate', id], env)).toMatchObject({ code: 1 });
      expect((await command(['keys', 'list'], env)).stdout).toContain('revoked');
    } finally {
      await database.drop();
    }
  }, 120_000);

  it('import records 100,000 rows of two regions, imported twice, once', async () => {
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

  it('import that is interrupted ends, and the next one goes on', async () => {
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

  it('import begins nothing where one of its files cannot be read', async () => {
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
  });
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
