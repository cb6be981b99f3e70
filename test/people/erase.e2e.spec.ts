import { Client } from 'pg';
import { AdminApi } from '../../src/platform/pulsar/admin/admin-api.js';
import { CursorReset } from '../../src/platform/pulsar/admin/cursor-reset.js';
import type { EventType } from '../../src/events/domain/event-type.js';
import { command } from '../cli/command.js';
import { eventCounters, metricsAndRecount, PERIODS } from '../e2e/metrics.js';
import { OwnIntake } from '../e2e/own-intake.js';
import { Load } from '../e2e/traffic.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { createSubscription, describeWithPulsar } from '../support/pulsar.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import { tablesHolding } from './tables-holding.js';

const CANARY = 'canary-7f3a';
const ERASURE_KEY = 'the key of erasures in all tests, long enough';
/**
 * The person's messages: of ten, one has no id, one is a dead letter that names them, and one a dead letter that only holds
 * their id. Those of the report: ERASED_PERSON_MESSAGES=125000, of which 100,000 are events.
 */
const OF_PERSON = Number(process.env.ERASED_PERSON_MESSAGES ?? 600);
const AT_ONCE = 1_000;
const DRAINED_MS = 60_000 + OF_PERSON * 5;

/** A person is erased while others are recorded, and all that was ever published is delivered again (`npm run build` first). */
describeWithPulsar('a person who is erased', () => {
  const begun = Date.now();
  let database: TestDatabase;
  let intake: OwnIntake;
  let service: RunningService;
  let sql: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    sql = new Client({ connectionString: database.url, options: '-c timezone=UTC' });
    await sql.connect();
    intake = await OwnIntake.create(database.url);
    // What is acknowledged stays at the broker, because somebody else has not read it.
    await Promise.all(Object.values(intake.topics).map((topic) => createSubscription(topic, 'reads-nothing')));
    service = await startService({ env: intake.env({ ERASURE_KEY, MAX_EVENT_AGE_DAYS: '400' }) });
  }, 90_000);
  afterAll(async () => {
    service.kill('SIGKILL');
    await intake.close();
    await sql.end();
    await database.drop();
  });

  const publish = (n: number) => {
    const type: EventType = n % 5 === 3 ? 'sale' : 'click';
    const fields = {
      session_id: `${CANARY}-session`,
      url: `https://shop.example/of/${CANARY}`,
      user_agent: CANARY,
      note: { of: CANARY },
      timestamp: n % 10 === 1 ? 1 : begun - n * 1_000,
      ...(n % 10 === 0 ? {} : { event_id: `${CANARY}-${n}` }),
      ...(type === 'sale' && { amount: '1.00', currency: 'EUR' }),
    };
    const payload =
      n % 10 === 2
        ? Buffer.from(`<event of="${CANARY}" n="${n}">`)
        : Buffer.from(JSON.stringify({ user_id: CANARY, ...fields }));
    return intake.publish(type, { data: payload, key: CANARY });
  };
  const publishPersons = async () => {
    for (let from = 0; from < OF_PERSON; from += AT_ONCE)
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, OF_PERSON - from) }, (_, n) => publish(from + n)));
  };
  const erase = async () => {
    const response = await fetch(`${service.url}/users/${CANARY}`, { method: 'DELETE' });
    await response.arrayBuffer();
    return response.status;
  };

  const LETTERS = OF_PERSON / 5;
  const facts = async () => {
    const { rows } = await sql.query<Record<string, unknown>>(
      'select events.*, fingerprint from events join event_identity using (event_key, event_type) order by event_key, event_type',
    );
    return rows;
  };
  const letters = async () => (await sql.query<Record<string, unknown>>('select * from dead_letters order by id')).rows;
  const verified = async () => {
    expect(await command(['verify'], { DATABASE_URL: database.url })).toMatchObject({ code: 0 });
    for (const period of PERIODS) {
      const { answer, recount } = await metricsAndRecount(service.url, intake, period);
      expect(answer).toEqual(recount);
    }
  };

  it(
    'does not come back: not while others are recorded, nor when all that was published is delivered again',
    async () => {
      const load = new Load(intake, begun);
      await publishPersons();
      await eventually(async () => expect(await erase()).toBe(200), {
        within: DRAINED_MS,
        what: 'the person is erased',
      });
      const others = load.count;
      await eventually(() => load.count > others + 300, { within: DRAINED_MS, what: 'others go on' });
      const sent = (await load.stop()).length;
      const recorded = sent + OF_PERSON - LETTERS;
      await intake.recordedExactly(recorded, DRAINED_MS);
      await intake.noBacklog(DRAINED_MS);
      await eventually(async () => (await letters()).length === LETTERS, {
        within: DRAINED_MS,
        what: 'letters are kept',
      });

      expect(await tablesHolding(sql, CANARY)).toEqual([]);
      expect(await tablesHolding(sql, 'user-1')).not.toEqual([]);
      const [before, lettersBefore] = [await facts(), await letters()];
      expect(before.filter(({ user_id }) => user_id === null)).toHaveLength(OF_PERSON - LETTERS);
      expect(new Set(lettersBefore.map(({ state }) => state))).toEqual(new Set(['erased']));
      await verified();

      const api = new AdminApi({ url: intake.pulsar.webUrl });
      const reset = Object.values(intake.topics).map((topic) =>
        new CursorReset(api, topic, intake.subscription).to(begun),
      );
      await Promise.all(reset);
      api.close();
      const rejected = { 'rejected timestamp_range': LETTERS, 'rejected not_json': LETTERS }; // half of the letters each, twice
      const again = async () =>
        expect(await eventCounters(service.url)).toEqual({ recorded, duplicate: recorded, ...rejected });
      await eventually(again, { within: DRAINED_MS, what: 'all was delivered a second time' });
      await intake.noBacklog(DRAINED_MS);

      expect(await facts()).toEqual(before);
      await eventually(
        async () => expect((await letters()).map((letter) => ({ ...letter, attempts: 1 }))).toEqual(lettersBefore),
        { within: DRAINED_MS, what: 'letters are as they were, but for their attempts' },
      );
      expect(await tablesHolding(sql, CANARY)).toEqual([]);
      await verified();
    },
    300_000 + 10 * DRAINED_MS,
  );
});
