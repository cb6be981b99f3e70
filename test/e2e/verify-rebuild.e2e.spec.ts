import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { temporaryFolder } from '../support/run-folder.js';
import { type RunningService, startService } from '../support/service.js';

// Each command is a process of its own; a busy machine takes long over it.
jest.setTimeout(120_000);

/** The commands as an operator calls them, beside the service that runs. */
describe('npm run verify, npm run rebuild', () => {
  let database: TestDatabase;
  let service: RunningService;
  let sql: Client;

  beforeEach(async () => {
    database = await createTestDatabase();
    service = await startService({ env: { DATABASE_URL: database.url, PULSAR_SERVICE_URL: 'ws://127.0.0.1:9' } });
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    const events = Array.from({ length: 50 }, (_, n) => ({
      event_type: 'sale',
      event_id: `order-${n}`,
      user_id: 'u',
      timestamp: '2026-01-15T12:00:00.000Z',
      amount: '19.90',
      currency: 'EUR',
    }));
    const response = await fetch(`${service.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    });
    expect(response.status).toBe(200);
  });
  afterEach(async () => {
    await sql.end();
    service.kill('SIGKILL');
    await service.exited;
    await database.drop();
  });

  const command = async (name: 'verify' | 'rebuild', ...args: string[]) => {
    const cwd = await temporaryFolder('command'); // where no .env is
    return new Promise<{ code: unknown; output: string }>((resolve) =>
      execFile(
        process.execPath,
        [join(process.cwd(), 'dist/cli.js'), name, ...args],
        { cwd, env: { ...process.env, DATABASE_URL: database.url } },
        (error, stdout, stderr) => resolve({ code: error ? error.code : 0, output: stdout + stderr }),
      ),
    );
  };

  it('a difference is named with exit code 1, a rebuild mends it', async () => {
    expect(await command('verify')).toMatchObject({ code: 0, output: expect.stringContaining('50 events') as string });
    await sql.query('update event_counts_15m set n = 51');
    const { code, output } = await command('verify', '--hours', '6');
    expect(code).toBe(1);
    expect(output).toContain(
      `event_counts_15m bucket=2026-01-15T12:00:00.000Z event_type=sale label='EUR': expected n=50 amount=995.0000, found n=51 amount=995.0000`,
    );
    expect(await command('rebuild')).toMatchObject({
      code: 0,
      output: expect.stringContaining('1 counts corrected') as string,
    });
    expect(await command('verify')).toMatchObject({ code: 0 });
  });

  it('says how it is used', async () => {
    for (const name of ['verify', 'rebuild'] as const) {
      expect(await command(name, '--help')).toMatchObject({
        code: 0,
        output: expect.stringContaining(`npm run ${name}`) as string,
      });
      expect(await command(name, '--hours', 'many')).toMatchObject({ code: 2 });
    }
  });
});
