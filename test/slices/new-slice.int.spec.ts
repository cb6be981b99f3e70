import { Client } from 'pg';
import { loadConfig } from '../../src/platform/config/config.js';
import { Housekeeping } from '../../src/platform/housekeeping/housekeeping.js';
import { slices, startApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { greetings } from './greetings/greetings.slice.js';

/** A new slice is its folder and one element of the list; nothing of the platform is told of it otherwise. */
describe('a new slice', () => {
  const withIts = [greetings, ...slices];
  let database: TestDatabase;
  let application: TestApplication;

  const start = async (settings: Readonly<Record<string, unknown>> = {}) => {
    application = await startApplication(database.url, settings, undefined, withIts);
    await application.database.connect();
  };

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await application.close();
    await database.drop();
  });

  it('has its table after a start, in a database that had all others', async () => {
    await start();
    const sql = new Client({ connectionString: database.url });
    await sql.connect();
    const { rows } = await sql.query('select name from migrations order by id desc limit 1');
    expect(rows).toEqual([{ name: 'Greetings1999000000000' }]);
    expect((await sql.query('select from greetings')).rowCount).toBe(3);
    await sql.end();
  });

  it('has its duty done at the start and in every round', async () => {
    await start();
    const words = async () =>
      (await application.database.read<{ words: string }>({ text: 'select words from greetings order by id' })).map(
        (row) => row.words,
      );
    await application.app.get(Housekeeping).round();
    expect(await words()).not.toContain('howdy');
    await application.database.writers().query(`insert into greetings values (9, 'howdy')`);
    expect(await words()).toContain('howdy');
    await application.app.get(Housekeeping).round();
    expect(await words()).not.toContain('howdy');
  });

  it('answers at its route with its variable in force, and stands in the API document', async () => {
    await start({ GREETINGS_LIMIT: 2 });
    const answer = await fetch(`${application.url}/greetings`);
    expect([answer.status, await answer.json()]).toEqual([200, { greetings: ['hello', 'good morning'] }]);
    const document = (await (await fetch(`${application.url}/docs-json`)).json()) as {
      paths: Record<string, { get?: { summary: string } }>;
    };
    expect(document.paths['/greetings']?.get?.summary).toBe('Some greetings');
    expect(document.paths).toHaveProperty('/metrics');
  });

  it('reads its variable from the environment; a wrong one is reported beside all others; its failpoint is known', async () => {
    await start();
    const environment = { GREETINGS_LIMIT: '7', FAILPOINT: 'before_greeting:stall' };
    const config = loadConfig(withIts, environment);
    expect(config.of(greetings.variables).GREETINGS_LIMIT).toBe(7);
    expect(config.settings.FAILPOINT).toEqual({ name: 'before_greeting', action: 'stall', nth: 1 });
    expect(() => loadConfig(withIts, { GREETINGS_LIMIT: '0', RETENTION_DAYS: 'x', FAILPOINT: 'x' })).toThrow(
      /3 wrong value\(s\)[^]*before_greeting[^]*RETENTION_DAYS[^]*GREETINGS_LIMIT must be a whole number from 1 to 100/,
    );
    expect(() => loadConfig(slices, { FAILPOINT: 'before_greeting:stall' })).toThrow('FAILPOINT must be');
  });
});
