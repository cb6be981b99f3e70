import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HELP as DEMO_HELP } from '../../src/cli/demo/options.js';
import { createEmptyDatabase } from '../support/postgres.js';
import { temporaryFolder } from '../support/run-folder.js';
import { command } from './command.js';
import { CLICK, heatmapDb } from './import/older-heat-map.js';

describe('the commands', () => {
  it('are listed with a line each', async () => {
    for (const asked of ['--help', '-h']) {
      const { code, stdout } = await command([asked]);
      expect(code).toBe(0);
      for (const name of ['migrate', 'verify', 'rebuild', 'keys', 'import', 'merge', 'reset-cursor', 'demo'])
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

  it.each(['migrate', 'verify', 'rebuild', 'keys', 'import', 'merge', 'reset-cursor', 'demo'])(
    '%s says how it is used',
    async (name) => {
      const { code, stdout, stderr } = await command([name, '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`npm run ${name}`);
    },
  );

  it('demo --help is its whole help, whatever stands beside it', async () => {
    expect(await command(['demo', '-h', '--rate', 'x'])).toMatchObject({ code: 0, stdout: `${DEMO_HELP}\n` });
  });

  it.each([
    [['migrate', '--now'], 2, '--now'],
    [['verify', '--hours', 'many'], 2, '--hours must be a whole number'],
    [['rebuild', '--from', '0'], 2, '--from'],
    [['merge'], 2, '--from must name a region'],
    [['merge', '--from', 'b', '--since', 'yesterday'], 2, '--since must be RFC 3339'],
    [['reset-cursor'], 2, '--to must be a time'],
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
    ['migrate', []],
    ['verify', []],
    ['rebuild', []],
    ['keys', ['list']],
    ['merge', ['--from', 'b']],
    ['import', null],
  ])('%s says in one line that PostgreSQL cannot be reached', async (name, options) => {
    const args = [name, ...(options ?? [await heatmapDb([CLICK])])];
    const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', REGIONS: 'b=http://127.0.0.1:1' };
    const { code, stderr } = await command(args, env);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'PostgreSQL cannot be used: connect ECONNREFUSED 127.0.0.1:1.\n',
    });
  });

  it('a database that is not there is said in one line', async () => {
    const database = await createEmptyDatabase();
    await database.drop();
    const { code, stderr } = await command(['keys', 'list'], { DATABASE_URL: database.url });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^PostgreSQL cannot be used: database "\S+" does not exist\.\n$/);
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
});
