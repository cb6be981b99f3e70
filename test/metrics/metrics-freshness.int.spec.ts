import type { CommandBus } from '@nestjs/cqrs';
import type { DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { PostgresConsumerProgress } from '../../src/events/infrastructure/postgres/postgres-consumer-progress.js';
import { EventTopicsConsumer } from '../../src/events/infrastructure/pulsar/event-topics.consumer.js';
import type { MessageBroker, ReceivedMessage } from '../../src/platform/pulsar/message-broker.port.js';
import { eventually } from '../support/waiting.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows } from '../support/record-rows.js';
import { quietLogger } from '../support/application.js';

const TOPICS = ['clicks', 'conversions', 'sales'].map((topic) => `persistent://public/default/${topic}`);

describe('freshness of figures', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url);
    await application.database.connect();
  });
  afterEach(async () => {
    await application.close();
    await testDatabase.drop();
  });

  const freshness = async (path = '/metrics') => {
    const body = (await (await fetch(application.url + path)).json()) as Record<string, unknown>;
    const missing = body.missing as { topic: string | null; reason: string }[];
    return {
      lag_ms: body.lag_ms,
      complete: body.complete,
      missing: missing.map(({ topic, reason }) => `${topic} ${reason}`),
    };
  };
  const sql = (text: string, values: unknown[] = []) => application.database.writers().query(text, values);

  /** A process that consumes; its rounds are the test's. */
  const consumer = () => {
    const progress = new PostgresConsumerProgress(application.database, application.clock, quietLogger);
    const problems = new Map<string, string>();
    const topics = TOPICS.map((topic) => progress.follow(topic, () => problems.get(topic) ?? null));
    return { progress, problems, topics };
  };

  it.each(['/metrics', '/metrics/timeseries', '/metrics/pages'])(
    '%s: nobody consumes, somebody does, and goes in order',
    async (path) => {
      const none = { lag_ms: null, complete: false, missing: TOPICS.map((topic) => `${topic} no_consumer`) };
      expect(await freshness(path)).toEqual(none);
      const { progress } = consumer();
      await progress.save();
      expect(await freshness(path)).toEqual({ lag_ms: 0, complete: true, missing: [] });
      await progress.onModuleDestroy();
      expect(await freshness(path)).toEqual(none);
    },
  );

  it('the lag is from publish to commit: of what waits by its age, of what came by its way', async () => {
    const { progress, topics } = consumer();
    const committed = topics[0]!.begin([TEST_TIME - 700, TEST_TIME - 900]);
    await progress.save();
    expect(await freshness()).toMatchObject({ lag_ms: 900, complete: true });
    application.clock.time += 10_000;
    await progress.save();
    expect(await freshness()).toEqual({ lag_ms: 10_900, complete: false, missing: [`${TOPICS[0]} lagging`] });
    committed();
    // A backlog shows also in the instant in which nothing is in hand.
    await progress.save();
    expect(await freshness()).toMatchObject({ lag_ms: 10_900, complete: false });
    await progress.save();
    expect(await freshness()).toEqual({ lag_ms: 0, complete: true, missing: [] });
    const { rows } = await sql('select published_until from consumer_progress where topic = $1', [TOPICS[0]]);
    expect(rows).toEqual([{ published_until: new Date(TEST_TIME - 700) }]);
  });

  it('the consumer of the topics tells it: begun when received, committed when recorded', async () => {
    const waiting: ((messages: ReceivedMessage[]) => void)[] = [];
    const subscription = {
      receive: () => new Promise<ReceivedMessage[]>((resolve) => waiting.push(resolve)),
      acknowledge: () => Promise.resolve(),
      state: () => ({ connected: true, reason: null }),
      close: () => Promise.resolve(waiting.forEach((resolve) => resolve([]))),
    };
    let recorded = () => {};
    const recording = new Promise<void>((resolve) => (recorded = resolve));
    const progress = new PostgresConsumerProgress(application.database, application.clock, quietLogger);
    const topics = new EventTopicsConsumer(
      { subscribe: () => subscription, oncePresent: (then: () => void) => then() } as unknown as MessageBroker,
      { execute: () => recording.then(() => [{ status: 'recorded' }]) } as unknown as CommandBus,
      {} as DeadLetterStore,
      progress,
      application.config.with({ PULSAR_SERVICE_URL: 'pulsar://127.0.0.1:1' }),
      quietLogger,
    );
    topics.onApplicationBootstrap();
    waiting[0]!([
      {
        publishedAt: TEST_TIME - 500,
        messageId: '1:0:-1:-1',
        data: Buffer.from('{}'),
        properties: {},
      } as ReceivedMessage,
    ]);
    const told = async () => {
      await progress.save();
      return freshness();
    };
    await eventually(async () => expect(await told()).toMatchObject({ lag_ms: 500, complete: true }), {
      within: 5000,
      what: 'what is received counts with its age',
    });
    recorded();
    await eventually(async () => expect(await told()).toEqual({ lag_ms: 0, complete: true, missing: [] }), {
      within: 5000,
      what: 'what is recorded counts no longer',
    });
    await topics.onModuleDestroy();
  });

  it('the publish time goes only forward', async () => {
    const { progress, topics } = consumer();
    for (const publishedAt of [TEST_TIME, TEST_TIME - 5000]) {
      topics[1]!.begin([publishedAt])();
      await progress.save();
    }
    const { rows } = await sql('select published_until from consumer_progress where topic = $1', [TOPICS[1]]);
    expect(rows).toEqual([{ published_until: new Date(TEST_TIME) }]);
  });

  it('a replica that is cut off harms nobody while another one consumes; a dead one is forgotten', async () => {
    const [first, second] = [consumer(), consumer()];
    first.problems.set(TOPICS[2]!, 'connection refused');
    await first.progress.save();
    expect(await freshness()).toMatchObject({ complete: false, missing: [`${TOPICS[2]} disconnected`] });
    await second.progress.save();
    expect(await freshness()).toMatchObject({ complete: true });

    first.topics[0]!.begin([TEST_TIME - 60_000]);
    await first.progress.save();
    expect(await freshness()).toMatchObject({ lag_ms: 60_000, complete: false });
    // The process is gone: it says nothing any more.
    await sql(
      `update consumer_progress set seen_at = now() - interval '11 s' where lag_ms = 60000 or problem is not null`,
    );
    expect(await freshness()).toMatchObject({ lag_ms: 0, complete: true });
    await sql(`update consumer_progress set seen_at = now() - interval '2 h' where problem is not null`);
    await second.progress.save();
    expect((await sql('select 1 from consumer_progress where problem is not null')).rowCount).toBe(0);
  });

  it('what is no longer kept is missing too', async () => {
    const { progress } = consumer();
    await progress.save();
    await recordRows(application.store, [
      { event_type: 'sale', amount: '2', event_id: testUuid(1), timestamp: TEST_TIME - 86_400_000 * 6 },
    ]);
    await sql(`update storage_bounds set retention_floor = '2026-01-12T00:00:00Z'`);
    await sql(`delete from events where occurred_at < '2026-01-12T00:00:00Z'`);
    const answer = (await (await fetch(`${application.url}/metrics?period=7d&include=users`)).json()) as Record<
      string,
      unknown
    >;
    expect(answer).toMatchObject({
      exact: false,
      complete: false,
      missing: [{ topic: null, reason: 'retention' }],
      // The sum is still known, which sales carried an amount is not.
      revenue: [{ amount: '2.00', sales_with_amount: null, average_order_value: null }],
      users: { any: 0, exact: false, window: { from: '2026-01-11T23:59:59.999Z' } },
    });
    expect(await freshness('/metrics?period=24h')).toMatchObject({ complete: true });
    expect(await freshness('/metrics/timeseries?period=7d')).toMatchObject({ complete: false });
    expect(await freshness('/metrics?period=7d&user_id=u')).toMatchObject({ complete: false });
    const minutes = await fetch(
      `${application.url}/metrics/timeseries?interval=minute&from=2026-01-11T23:00:00Z&to=2026-01-12T01:00:00Z`,
    );
    const refused = await minutes.json();
    expect([minutes.status, refused]).toMatchObject([
      400,
      {
        code: 'range_too_long',
        errors: [
          { field: 'interval', message: expect.stringMatching(/2026-01-12T00:00:00.000Z.*quarter_hour/) as string },
        ],
      },
    ]);
  });
});
