import { Client } from 'pg';
import { type DeadLetter, DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { Housekeeping } from '../../src/platform/housekeeping/housekeeping.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { deadLetter } from '../support/dead-letters.js';
import { TEST_TIME } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const DAY = 86_400_000;

describe('retention of dead letters', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let sql: Client;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    sql = new Client({ connectionString: testDatabase.url });
    await sql.connect();
  });
  afterEach(async () => {
    await application.close();
    await sql.end();
    await testDatabase.drop();
  });

  const start = async (days: number | null) => {
    application = await startApplication(testDatabase.url, { DEAD_LETTER_RETENTION_DAYS: days });
    await application.database.connect();
  };
  const addAt = (time: number, ...letters: DeadLetter[]) => {
    application.clock.time = time;
    return application.app.get(DeadLetterStore).add(letters, new AbortController().signal);
  };
  /** Messages of the letters left after a round at this time. */
  const leftAt = async (time: number) => {
    application.clock.time = time;
    await application.app.get(Housekeeping).round();
    const { rows } = await sql.query<{ n: number }>(
      `select split_part(message_id, ':', 2)::int as n from dead_letters order by 1`,
    );
    return rows.map(({ n }) => n);
  };
  const replayed = (time: number, ...messages: number[]) =>
    sql.query(
      `update dead_letters set state = 'replayed', event_id = 'e', replayed_at = $1
       where split_part(message_id, ':', 2)::int = any($2)`,
      [new Date(time), messages],
    );

  it('keeps open ones for ever while it is unset, and replayed ones for 30 days after the replay', async () => {
    await start(null);
    await addAt(TEST_TIME, deadLetter(1), deadLetter(2), deadLetter(3));
    await replayed(TEST_TIME + 100 * DAY, 2);
    await replayed(TEST_TIME + 100 * DAY + 1, 3);
    expect(await leftAt(TEST_TIME + 130 * DAY)).toEqual([1, 2, 3]);
    expect(await leftAt(TEST_TIME + 130 * DAY + 1)).toEqual([1, 3]);
    expect(await leftAt(TEST_TIME + 5000 * DAY)).toEqual([1]);
  });

  it('lets open ones go by the day they were first seen, replayed ones no later', async () => {
    await start(7);
    await addAt(TEST_TIME, deadLetter(1), deadLetter(2));
    await addAt(TEST_TIME + 1, deadLetter(3));
    await replayed(TEST_TIME + DAY, 2);
    expect(await leftAt(TEST_TIME + 7 * DAY)).toEqual([1, 2, 3]);
    expect(await leftAt(TEST_TIME + 7 * DAY + 1)).toEqual([2, 3]);
    expect(await leftAt(TEST_TIME + 8 * DAY + 1)).toEqual([]);
  });

  it('takes more than one portion', async () => {
    await start(1);
    await addAt(TEST_TIME, ...Array.from({ length: 450 }, (_, n) => deadLetter(n + 1)));
    await addAt(TEST_TIME + DAY, deadLetter(1000));
    expect(await leftAt(TEST_TIME + DAY + 1)).toEqual([1000]);
  });
});
