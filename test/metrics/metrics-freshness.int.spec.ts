import type { CommandBus } from '@nestjs/cqrs';
import type { TopicReport } from '../../src/events/application/consumer-progress.port.js';
import type { DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { PostgresConsumerProgress } from '../../src/events/infrastructure/postgres/postgres-consumer-progress.js';
import { EventTopicsConsumer } from '../../src/events/infrastructure/pulsar/event-topics.consumer.js';
import { PulsarHealth } from '../../src/events/infrastructure/pulsar/pulsar-health.js';
import { PulsarTelemetry } from '../../src/events/infrastructure/pulsar/pulsar-telemetry.js';
import type { Health } from '../../src/platform/observability/health.js';
import { Telemetry } from '../../src/platform/observability/telemetry.js';
import type {
  MessageBroker,
  ReceivedMessage,
  SubscriptionPosition,
} from '../../src/platform/pulsar/message-broker.port.js';
import { eventually } from '../support/waiting.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { recordRows } from '../support/record-rows.js';
import { quietLogger } from '../support/application.js';
import { useServiceForEach } from '../support/used-service.js';

const TOPICS = ['clicks', 'conversions', 'sales'].map((topic) => `persistent://public/default/${topic}`);

describe('freshness of figures', () => {
  const application = useServiceForEach();

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

  /** A process that consumes; its rounds are the test's, and what it says of each topic. */
  const consumer = () => {
    const progress = new PostgresConsumerProgress(application.database, quietLogger);
    const well: TopicReport = { lagMs: 0, delayed: 0, stillMs: 0, terminated: [], unseen: null, problem: null };
    const said = TOPICS.map(() => well);
    const followed = TOPICS.map((topic, n) => progress.follow(topic, () => said[n]!));
    const say = (n: number, more: Partial<TopicReport>) => {
      said[n] = { ...said[n]!, ...more };
      return progress.save();
    };
    return { progress, followed, say };
  };
  const well = { lag_ms: 0, complete: true, missing: [] };
  /** The process is gone, and says nothing any more. */
  const dies = (condition: string, ago = '11 s') =>
    sql(`update consumer_progress set seen_at = now() - interval '${ago}' where ${condition}`);

  it.each(['/metrics', '/metrics/timeseries', '/metrics/pages'])(
    '%s: nobody consumes, somebody does, and goes in order',
    async (path) => {
      const none = { lag_ms: null, complete: false, missing: TOPICS.map((topic) => `${topic} no_consumer`) };
      expect(await freshness(path)).toEqual(none);
      const { progress } = consumer();
      await progress.save();
      expect(await freshness(path)).toEqual(well);
      await progress.onModuleDestroy();
      expect(await freshness(path)).toEqual(none);
    },
  );

  it('the lag is that of the topic that is furthest behind; above ten seconds something is missing', async () => {
    const { say } = consumer();
    await say(1, { lagMs: 200 });
    await say(0, { lagMs: 900 });
    expect(await freshness()).toMatchObject({ lag_ms: 900, complete: true });
    await say(0, { lagMs: 10_900 });
    expect(await freshness()).toEqual({ lag_ms: 10_900, complete: false, missing: [`${TOPICS[0]} lagging`] });
    await say(0, { lagMs: 0 });
    await say(1, { lagMs: 0 });
    expect(await freshness()).toEqual(well);
  });

  it('messages that wait for their time are counted beside the lag', async () => {
    const { say } = consumer();
    await say(0, { delayed: 3 });
    await say(2, { delayed: 4 });
    const answer = (await (await fetch(`${application.url}/metrics`)).json()) as Record<string, unknown>;
    expect(answer).toMatchObject({ lag_ms: 0, delayed: 7, complete: true });
  });

  it('until when all is settled goes only forward, by the clock of PostgreSQL', async () => {
    const { say } = consumer();
    const settledAgo = async () => {
      const { rows } = await sql(
        `select extract(epoch from now() - settled_until)::float8 as ago from consumer_progress where topic = $1`,
        [TOPICS[0]],
      );
      return (rows as { ago: number | null }[])[0]!.ago;
    };
    await say(0, { lagMs: null });
    expect(await settledAgo()).toBeNull();
    await say(0, { lagMs: 3_600_000 });
    expect(await settledAgo()).toBeGreaterThanOrEqual(3600);
    await say(0, { lagMs: 60_000 });
    const ago = await settledAgo();
    expect(ago).toBeGreaterThanOrEqual(60);
    expect(ago).toBeLessThan(3600);
    for (const lagMs of [null, 7_200_000]) {
      await say(0, { lagMs });
      expect(await settledAgo()).toBeGreaterThanOrEqual(60);
      expect(await settledAgo()).toBeLessThan(3600);
    }
  });

  it('a process that begins with a backlog goes on from where the one before it was, even one that left in order', async () => {
    const [before, after] = [consumer(), consumer()];
    await before.say(0, { lagMs: 20_000 });
    await before.progress.onModuleDestroy();
    await after.say(0, { lagMs: null });
    const { lag_ms: lag, ...rest } = await freshness();
    expect(rest).toEqual({ complete: false, missing: [`${TOPICS[0]} lagging`] });
    expect(lag).toBeGreaterThanOrEqual(20_000);
    expect(lag).toBeLessThan(60_000);
    // Nobody was there within the hour.
    await sql(`update consumer_progress set seen_at = now() - interval '2 h' where lag_ms = 20000`);
    await after.progress.save();
    expect(await freshness()).toEqual({ lag_ms: null, complete: false, missing: [`${TOPICS[0]} unknown`] });
    await after.say(0, { lagMs: 0 });
    expect(await freshness()).toEqual(well);
  });

  it('where the broker cannot be asked nothing is known, unless another replica can', async () => {
    const [first, second] = [consumer(), consumer()];
    await first.say(1, { lagMs: null, stillMs: null, unseen: 'set PULSAR_WEB_URL' });
    const answer = (await (await fetch(`${application.url}/metrics`)).json()) as Record<string, unknown>;
    expect(answer).toMatchObject({
      lag_ms: null,
      complete: false,
      missing: [{ topic: TOPICS[1], reason: 'unknown', detail: 'set PULSAR_WEB_URL' }],
    });
    expect(first.followed[1]!.stalled()).toBe(false);
    await second.say(1, { lagMs: 300 });
    expect(await freshness()).toEqual({ ...well, lag_ms: 300 });
  });

  it('a topic is stalled when nothing moves on any replica, and every replica knows', async () => {
    const [first, second] = [consumer(), consumer()];
    await first.say(2, { lagMs: 31_000, stillMs: 30_000 });
    expect(await freshness()).toEqual({ lag_ms: 31_000, complete: false, missing: [`${TOPICS[2]} stalled`] });
    expect(first.followed.map((topic) => topic.stalled())).toEqual([false, false, true]);
    await second.say(2, { lagMs: 31_000, stillMs: 2000 });
    await first.progress.save();
    expect(await freshness()).toEqual({ lag_ms: 31_000, complete: false, missing: [`${TOPICS[2]} lagging`] });
    expect(first.followed[2]!.stalled()).toBe(false);
    await second.say(2, { stillMs: 30_001 });
    await first.progress.save();
    expect(await freshness()).toMatchObject({ missing: [`${TOPICS[2]} stalled`] });
    expect([first, second].map(({ followed }) => followed[2]!.stalled())).toEqual([true, true]);
    // The other one is gone, and what it said last has no say.
    await second.say(2, { stillMs: 0 });
    await dies('still_ms = 0 and lag_ms = 31000');
    await first.progress.save();
    expect(first.followed[2]!.stalled()).toBe(true);
  });

  it.each([
    ['a publish time', 8_640_000_000_000_000],
    ['no publish time', NaN],
    ['one of 64 bits', 2 ** 63],
  ])('the consumer of the topics tells it by positions, whatever the producers say: %s', async (_, publishedAt) => {
    const waiting: ((messages: ReceivedMessage[]) => void)[] = [];
    const at = (last: bigint, settled: bigint): SubscriptionPosition => ({
      partition: -1,
      last: { ledger: 1n, entry: last },
      settled: { ledger: 1n, entry: settled },
      added: last + 1n,
      waiting: last - settled,
      delayed: 0n,
    });
    let [last, settled] = [-1n, -1n];
    const subscription = {
      receive: () => new Promise<ReceivedMessage[]>((resolve) => waiting.push(resolve)),
      acknowledge: () => Promise.resolve(void (settled = last)),
      state: () => ({ connected: true, reason: null }),
      positions: () => Promise.resolve([at(last, settled)]),
      close: () => Promise.resolve(waiting.forEach((resolve) => resolve([]))),
    };
    let recorded = () => {};
    const recording = new Promise<void>((resolve) => (recorded = resolve));
    const progress = new PostgresConsumerProgress(application.database, quietLogger);
    const topics = new EventTopicsConsumer(
      { subscribe: () => subscription, oncePresent: (then: () => void) => then() } as unknown as MessageBroker,
      { execute: () => recording.then(() => [{ status: 'recorded' }]) } as unknown as CommandBus,
      {} as DeadLetterStore,
      progress,
      { treatment: 'record', left: () => undefined },
      application.config.with({ PULSAR_SERVICE_URL: 'pulsar://127.0.0.1:1' }),
      quietLogger,
    );
    const told = async () => {
      await progress.save();
      return freshness();
    };
    topics.onApplicationBootstrap();
    await eventually(async () => expect(await told()).toEqual(well), { within: 5000, what: 'the broker was asked' });
    last = 0n;
    waiting[0]!([
      { publishedAt, messageId: '1:0:-1:-1', data: Buffer.from('{}'), properties: {} } as unknown as ReceivedMessage,
    ]);
    const behind = async () => ((await told()) as { lag_ms: number }).lag_ms > 0;
    await eventually(behind, { within: 5000, what: 'what is received is not yet settled' });
    recorded();
    await eventually(async () => expect(await told()).toEqual(well), {
      within: 5000,
      what: 'what is recorded counts no longer',
    });
    await topics.onModuleDestroy();
  });

  it('a stalled topic is down in /health, and has figures', async () => {
    const consumer = {
      problems: () => ['clicks: stands still'],
      reports: () => [
        { topic: 'clicks', lagMs: 31_000, delayed: 2, stillMs: 30_000, terminated: [], stalled: true },
        { topic: 'conversions', lagMs: 0, delayed: 0, stillMs: 0, terminated: [1], stalled: false },
        { topic: 'sales', lagMs: null, delayed: 0, stillMs: null, terminated: [], stalled: false },
      ],
    } as unknown as EventTopicsConsumer;
    const checks: (() => Promise<unknown>)[] = [];
    const health = { register: ({ check }: { check: () => Promise<unknown> }) => checks.push(check) };
    new PulsarHealth(consumer, { absence: null } as MessageBroker, health as unknown as Health).onModuleInit();
    expect(await checks[0]!()).toEqual({ status: 'down', reason: 'clicks: stands still' });

    const telemetry = new Telemetry();
    new PulsarTelemetry(telemetry, consumer);
    const lines = (await telemetry.registry.metrics()).split('\n').filter((line) => /^monitoreo_consumer/.test(line));
    // A value that is not known has no figure.
    expect(lines).toEqual([
      'monitoreo_consumer_lag_seconds{topic="clicks"} 31',
      'monitoreo_consumer_lag_seconds{topic="conversions"} 0',
      'monitoreo_consumer_delayed_messages{topic="clicks"} 2',
      'monitoreo_consumer_delayed_messages{topic="conversions"} 0',
      'monitoreo_consumer_stalled{topic="clicks"} 1',
      'monitoreo_consumer_stalled{topic="conversions"} 0',
      'monitoreo_consumer_terminated{topic="clicks"} 0',
      'monitoreo_consumer_terminated{topic="conversions"} 1',
    ]);
  });

  it('a replica that is cut off harms nobody while another one consumes; a dead one is forgotten', async () => {
    const [first, second] = [consumer(), consumer()];
    await first.say(2, { problem: 'connection refused' });
    expect(await freshness()).toMatchObject({ complete: false, missing: [`${TOPICS[2]} disconnected`] });
    await second.progress.save();
    expect(await freshness()).toMatchObject({ complete: true });

    await first.say(0, { lagMs: 60_000 });
    expect(await freshness()).toMatchObject({ lag_ms: 60_000, complete: false });
    await dies('lag_ms = 60000 or problem is not null');
    expect(await freshness()).toMatchObject({ lag_ms: 0, complete: true });
    await dies('problem is not null', '2 h');
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
