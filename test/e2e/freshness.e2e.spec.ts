import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithPulsar } from '../support/pulsar.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import { JavaProducer } from './java-producer.js';
import { getJson } from './metrics.js';
import { OwnIntake } from './own-intake.js';
import { OwnPulsar } from './own-pulsar.js';
import { publishTombstone } from './tombstone.js';

const SOON_MS = 20_000;
/** As long as the tests between take on a quiet machine. */
const DELAY_S = 40;
/** Reported within 40 s of the message that stops the topic. */
const STALLED_WITHIN_MS = 40_000;

interface Freshness {
  readonly lag_ms: number | null;
  readonly delayed: number;
  readonly complete: boolean;
  readonly missing: readonly { readonly topic: string; readonly reason: string; readonly detail: string }[];
}

/** One broker, one service, and producers in Java: the only client that sets clocks, delays, transactions and null values. */
describeWithPulsar('freshness against a real broker', () => {
  let pulsar: OwnPulsar;
  let database: TestDatabase;
  let intake: OwnIntake;
  let service: RunningService;
  const producers: JavaProducer[] = [];
  let [slow, fast, exact]: JavaProducer[] = [];

  beforeAll(async () => {
    pulsar = await OwnPulsar.prepare({ transactionCoordinatorEnabled: 'true' });
    [database] = await Promise.all([createTestDatabase(), pulsar.start()]);
    intake = await OwnIntake.create(database.url, pulsar.addresses);
    const serviceUrl = intake.pulsar.webUrl.replace('http', 'ws');
    service = await startService({ env: intake.env({ PULSAR_SERVICE_URL: serviceUrl, METRICS_CACHE_MS: '0' }) });
    for (const options of [{ clockAhead: -90 }, { clockAhead: 90 }, { transactions: true }])
      producers.push(await JavaProducer.start(pulsar.addresses.serviceUrl, options));
    [slow, fast, exact] = producers;
  }, 120_000);

  afterAll(async () => {
    for (const producer of producers) producer.close();
    service.kill('SIGKILL');
    await intake.close();
    await database.drop();
    await pulsar.stop();
  });

  const freshness = () => getJson<Freshness>(`${service.url}/metrics`);
  const complete = (delayed = 0) =>
    eventually(async () => expect(await freshness()).toMatchObject({ lag_ms: 0, delayed, complete: true }), {
      within: SOON_MS,
      what: 'nothing is missing',
    });
  /** Reads one of the service's own figures, by topic. */
  const gauge = async (name: string) => {
    const text = await (await fetch(`${service.url}/internal/metrics`)).text();
    const lines = text.matchAll(new RegExp(`^monitoreo_consumer_${name}{topic="([^"]+)"} (\\S+)$`, 'gm'));
    return new Map([...lines].map(([, topic, value]) => [topic!, Number(value)]));
  };

  test('a producer whose clock is 90 s slow makes nothing incomplete', async () => {
    await complete();
    await slow!.send(intake.topics.click, { user_id: 'slow' });
    const incomplete: Freshness[] = [];
    const look = async () => {
      const found = await freshness();
      if (!found.complete) incomplete.push(found);
    };
    const recorded = async () => {
      await look();
      return (await intake.recorded()) === 1;
    };
    await eventually(recorded, { within: SOON_MS, what: 'it is recorded' });
    const [row] = await intake.query<{ seconds: number; now: Date }>(
      'select now(), extract(epoch from now() - received_at)::float8 as seconds from events',
    );
    expect(row!.seconds).toBeGreaterThan(80);
    // What the process says after the commit is looked at as well, in two of its rounds.
    const saidTwice = async () => {
      await look();
      return (
        (await intake.query(`select from consumer_progress where seen_at > $1::timestamptz + '1.1 s'`, [row!.now]))
          .length === 3
      );
    };
    await eventually(saidTwice, { within: SOON_MS, what: 'it said so again' });
    expect(incomplete).toEqual([]);
  }, 60_000);

  test('messages that wait for their time: delayed, complete, and others go by them', async () => {
    for (let n = 0; n < 3; n++) await exact!.delay(intake.topics.click, DELAY_S, { user_id: `delayed-${n}` });
    await complete(3);
    await exact!.send(intake.topics.click, { user_id: 'goes by' });
    await intake.recordedExactly(2, SOON_MS);
    await complete(3);
  }, 60_000);

  test('a message without a value stalls its topic, and an open transaction nothing', async () => {
    await exact!.begin();
    for (let n = 0; n < 3; n++) await exact!.transact(intake.topics.conversion, { user_id: `transaction-${n}` });
    await exact!.send(intake.topics.conversion, { user_id: 'behind' });
    await publishTombstone(pulsar.addresses.serviceUrl, intake.topics.sale);
    const published = performance.now();
    await exact!.send(intake.topics.sale, { user_id: 'never', amount: '1', currency: 'EUR' });

    await aFastClockHidesNoLag();

    const stalled = async () => {
      const { lag_ms: lag, missing, complete: all } = await freshness();
      expect({ all, missing: missing.map(({ topic, reason }) => `${reason} ${topic}`) }).toEqual({
        all: false,
        missing: [`stalled ${intake.topics.sale}`],
      });
      expect(lag).toBeGreaterThan(10_000);
      expect(missing[0]!.detail).toContain('topics skip');
    };
    const left = STALLED_WITHIN_MS - (performance.now() - published);
    await eventually(stalled, { within: left, what: 'the topic is reported as stalled' });
    const health = await getJson<{ status: string; components: Record<string, unknown> }>(`${service.url}/health`);
    expect(health).toMatchObject({
      status: 'degraded',
      components: { pulsar: { status: 'down', reason: expect.stringContaining(intake.topics.sale) as string } },
    });
    const { click, conversion, sale } = intake.topics;
    const byTopic = (values: readonly number[]) =>
      new Map([click, conversion, sale].map((topic, n) => [topic, values[n]!]));
    expect(await gauge('stalled')).toEqual(byTopic([0, 0, 1]));
    expect((await gauge('lag_seconds')).get(sale)).toBeGreaterThan(10);
    // The transaction has been open all the time.
    expect((await gauge('lag_seconds')).get(conversion)).toBe(0);
    expect(await intake.query(`select from events where event_type = 'conversion'`)).toEqual([]);
    await exact!.commit();
    const committed = async () =>
      (await intake.query(`select from events where event_type = 'conversion'`)).length === 4;
    await eventually(committed, { within: SOON_MS, what: 'what was committed is recorded' });
  }, 90_000);

  test('messages whose time has come are recorded, and delayed no more', async () => {
    const recorded = async () =>
      (await intake.query(`select from events where user_id like 'delayed-%'`)).length === 3 &&
      (await gauge('delayed_messages')).get(intake.topics.click) === 0;
    await eventually(recorded, { within: DELAY_S * 1000, what: 'they are recorded' });
  }, 60_000);

  /** Recording waits behind a lock for as long as it takes to show. */
  async function aFastClockHidesNoLag(): Promise<void> {
    const holder = await intake.hold('lock table event_identity in share mode');
    await fast!.send(intake.topics.click, { user_id: 'fast' });
    const lagging = async () => {
      const { missing } = await freshness();
      return missing.some(({ topic, reason }) => topic === intake.topics.click && reason === 'lagging');
    };
    await eventually(lagging, { within: SOON_MS, what: 'the lag of the fast producer shows' });
    // What is in hand here is no standstill of the broker.
    expect((await gauge('stalled')).get(intake.topics.click)).toBe(0);
    await holder.release();
    const recorded = async () => (await intake.query(`select from events where user_id = 'fast'`)).length === 1;
    await eventually(recorded, { within: SOON_MS, what: 'it is recorded' });
    const caughtUp = async () => (await gauge('lag_seconds')).get(intake.topics.click) === 0;
    await eventually(caughtUp, { within: SOON_MS, what: 'it has caught up' });
  }
});
