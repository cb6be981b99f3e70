import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithPulsar } from '../support/pulsar.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import { metricsAndRecount, PERIODS } from './metrics.js';
import { OwnIntake } from './own-intake.js';
import { OwnPulsar } from './own-pulsar.js';
import { differences, encodedEvent, sentEvent, type SentEvent } from './traffic.js';

const BACKLOG = 50_000;
const FIFTH = BACKLOG / 5;
/** The service is killed three times, the broker once, in an order and at points that the seed decides. */
const KILLS = ['service', 'service', 'service', 'broker'] as const;
const PROGRESS_MS = 60_000;

describeWithPulsar('kill -9 while a backlog of 50,000 messages drains', () => {
  const seed = Number(process.env.MONITOREO_TEST_SEED ?? Date.now() % 1_000_000);
  const now = Date.now();
  let database: TestDatabase;
  let pulsar: OwnPulsar;
  let intake: OwnIntake;
  let service: RunningService;
  let sent: SentEvent[];
  const messageIds = new Map<string, string>();

  beforeAll(async () => {
    [database, pulsar] = await Promise.all([createTestDatabase(), OwnPulsar.prepare()]);
    await pulsar.start();
    intake = await OwnIntake.create(database.url, pulsar.addresses);
    sent = Array.from({ length: BACKLOG }, (_, n) => sentEvent(n, now));
    await Promise.all(
      sent.map(async (event) => {
        const id = await intake.publish(event.type, { data: encodedEvent(event) });
        messageIds.set(event.payload.session_id, id);
      }),
    );
  }, 120_000);

  afterAll(async () => {
    service.kill('SIGKILL');
    await intake.close();
    await pulsar.stop(0);
    await database.drop();
  });

  // A small window leaves more to redeliver at more points than a drain of a few batches would. Over WebSocket: the fault
  // harness kills over Pulsar's own protocol.
  const start = async () => {
    service = await startService({
      env: intake.env({ PULSAR_IN_FLIGHT_MESSAGES: '1000', PULSAR_CLIENT: 'websocket' }),
    });
  };

  test('at the end every event is recorded once, as it was sent, and nothing is left at the broker', async () => {
    const kills = plannedKills(seed);
    process.stderr.write(`kills with seed ${seed}: ${JSON.stringify(kills)}\n`);

    await start();
    for (const { victim, after } of kills) {
      await eventually(async () => (await intake.recorded()) >= after, {
        within: PROGRESS_MS,
        what: `${after} events are recorded`,
      });
      if (victim === 'service') {
        service.kill('SIGKILL');
        expect(await service.exited).toEqual({ code: null, signal: 'SIGKILL' });
        await start();
      } else {
        await pulsar.kill();
        expect(await intake.recorded()).toBeLessThan(BACKLOG);
        await pulsar.start();
      }
    }
    await intake.recordedExactly(BACKLOG, PROGRESS_MS);
    await intake.noBacklog(PROGRESS_MS);

    expect(await differences(intake, sent, messageIds)).toEqual([]);
    expect(await intake.query('select * from dead_letters')).toEqual([]);
    for (const period of PERIODS) {
      const { answer, recount } = await metricsAndRecount(service.url, intake, period);
      expect(answer).toEqual(recount);
    }
  }, 180_000);
});

/** One kill in each fifth of the backlog, so that all fall into the drain. */
function plannedKills(seed: number): { victim: 'service' | 'broker'; after: number }[] {
  const count = KILLS.length;
  const plan = fc.tuple(
    fc.shuffledSubarray([...KILLS], { minLength: count, maxLength: count }),
    fc.array(fc.integer({ min: 0, max: FIFTH - 1 }), { minLength: count, maxLength: count }),
  );
  const [victims, points] = fc.sample(fc.noBias(plan), { seed, numRuns: 1 })[0]!;
  return victims.map((victim, turn) => ({ victim, after: FIFTH * turn + points[turn]! }));
}
