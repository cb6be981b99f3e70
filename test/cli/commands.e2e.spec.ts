import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HELP as DEMO_HELP } from '../../src/cli/demo/options.js';
import { createEmptyDatabase } from '../support/postgres.js';
import { temporaryFolder } from '../support/run-folder.js';

/** `node dist/cli.js`, as an operator calls it in the image (`npm run build` first). */
describe('the commands', () => {
  const command = async (args: readonly string[], env: Record<string, string> = {}) => {
    const cwd = await temporaryFolder('command'); // where no .env is
    return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) =>
      execFile(
        process.execPath,
        [join(process.cwd(), 'dist/cli.js'), ...args],
        { cwd, env: { ...process.env, ...env } },
        (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }),
      ),
    );
  };

  it('are listed with a line each', async () => {
    for (const asked of ['--help', '-h']) {
      const { code, stdout } = await command([asked]);
      expect(code).toBe(0);
      for (const name of ['migrate', 'verify', 'rebuild', 'demo'])
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

  it.each(['migrate', 'verify', 'rebuild', 'demo'])('%s says how it is used', async (name) => {
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
});
