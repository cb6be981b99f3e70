import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithPulsar } from '../support/pulsar.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import { getJson, metricsAndRecount, PERIODS } from './metrics.js';
import { OwnIntake } from './own-intake.js';
import { OwnPostgres } from './own-postgres.js';
import { OwnPulsar } from './own-pulsar.js';
import { StatusWatch } from './status-watch.js';
import { differences, encodedEvent, Load, sentEvent, type SentEvent } from './traffic.js';

const NOTICED_MS = 15_000;
/** Reconnect delays are at most 5 s. */
const RECOVERED_MS = 30_000;
const UNDER_LOAD = 1_000;

interface HealthReport {
  readonly status: string;
  readonly components: Record<string, { status: string; reason?: string }>;
}

const health = ({ url }: RunningService) => getJson<HealthReport>(`${url}/health`);

async function readiness({ url }: RunningService): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/health/ready`);
  return { status: response.status, text: await response.text() };
}

const ready = (service: RunningService, within = RECOVERED_MS) =>
  eventually(async () => (await readiness(service)).status === 200, { within, what: 'the service is ready' });

const healthy = (service: RunningService) =>
  eventually(async () => expect(await health(service)).toMatchObject({ status: 'healthy' }), {
    within: RECOVERED_MS,
    what: 'all parts are up',
  });

const published = (load: Load, count: number) =>
  eventually(() => load.count >= count, { within: RECOVERED_MS, what: `${count} messages are published` });

async function expectNothingLost(service: RunningService, intake: OwnIntake, sent: readonly SentEvent[]) {
  await intake.recordedExactly(sent.length, RECOVERED_MS);
  await intake.noBacklog(RECOVERED_MS);
  expect(await differences(intake, sent)).toEqual([]);
  for (const period of PERIODS) {
    const { answer, recount } = await metricsAndRecount(service.url, intake, period);
    expect(answer).toEqual(recount);
  }
}

describeWithPulsar('Pulsar away', () => {
  let database: TestDatabase;
  let pulsar: OwnPulsar;
  let intake: OwnIntake;
  let service: RunningService;

  beforeAll(async () => {
    [database, pulsar] = await Promise.all([createTestDatabase(), OwnPulsar.prepare()]);
    intake = OwnIntake.named(database.url, pulsar.addresses);
    service = await startService({ env: intake.env() });
  }, 60_000);

  afterAll(async () => {
    service.kill('SIGKILL');
    await intake.close();
    await pulsar.stop(0);
    await database.drop();
  });

  test('at start: the service stays up and ready, /health names it; when it comes, its messages are consumed', async () => {
    await ready(service);
    const reported = await eventually(
      async () => {
        const report = await health(service);
        return report.components.pulsar?.status === 'down' && report;
      },
      { within: NOTICED_MS, what: '/health names pulsar' },
    );
    expect(reported.status).toBe('degraded');
    expect(reported.components).toMatchObject({ postgresql: { status: 'up' }, recording: { status: 'up' } });
    expect(reported.components.pulsar!.reason).toContain(intake.topics.click);

    await pulsar.start();
    await healthy(service);
    const event = sentEvent(0, Date.now());
    await intake.publish(event.type, { data: encodedEvent(event) });
    await expectNothingLost(service, intake, [event]);
  }, 120_000);

  test('restarted under load: HTTP goes on, /health names it meanwhile, nothing is lost', async () => {
    await intake.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
    const live = new StatusWatch(`${service.url}/health/live`);
    const readyz = new StatusWatch(`${service.url}/health/ready`);
    const load = new Load(intake, Date.now());
    await published(load, UNDER_LOAD);

    await pulsar.stop();
    const check = async () => expect((await health(service)).components.pulsar?.status).toBe('down');
    await eventually(check, { within: NOTICED_MS, what: '/health names pulsar' });
    const before = load.count;
    await pulsar.start();
    await published(load, before + UNDER_LOAD);
    await expectNothingLost(service, intake, await load.stop());

    await healthy(service);
    expect(await live.stop()).toEqual(['200']);
    expect(await readyz.stop()).toEqual(['200']);
  }, 120_000);
});

describeWithPulsar('PostgreSQL away', () => {
  let postgres: OwnPostgres;
  let intake: OwnIntake;
  let service: RunningService;

  beforeAll(async () => {
    // Made, so that its address is known, and stopped.
    postgres = await OwnPostgres.start();
    await postgres.stop();
    intake = await OwnIntake.create(postgres.url);
    service = await startService({ env: intake.env() });
  }, 60_000);

  afterAll(async () => {
    service.kill('SIGKILL');
    await intake.close();
    await postgres.stop();
  });

  const notReady = () =>
    eventually(
      async () => {
        const { status, text } = await readiness(service);
        expect(status).toBe(503);
        expect(JSON.parse(text)).toMatchObject({
          status: 503,
          code: 'not_ready',
          errors: [{ field: 'postgresql', message: expect.any(String) as string }],
        });
      },
      { within: NOTICED_MS, what: '/health/ready names postgresql' },
    );

  test('at start: alive, not ready, and it says why; when it comes, the schema is made and messages are consumed', async () => {
    const live = new StatusWatch(`${service.url}/health/live`);
    await notReady();
    expect((await health(service)).components.postgresql).toMatchObject({ status: 'down' });
    expect((await fetch(`${service.url}/metrics`)).status).toBe(503);
    const event = sentEvent(0, Date.now());
    await intake.publish(event.type, { data: encodedEvent(event) });

    await postgres.start();
    await ready(service);
    await expectNothingLost(service, intake, [event]);
    expect(await live.stop()).toEqual(['200']);
  }, 90_000);

  test.each([
    ['stopped', () => postgres.stop()],
    ['killed', () => postgres.kill()],
  ])(
    '%s and started again under load: 503 meanwhile, nothing is lost',
    async (_, away) => {
      await intake.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
      const live = new StatusWatch(`${service.url}/health/live`);
      const load = new Load(intake, Date.now());
      await published(load, UNDER_LOAD);

      await away();
      await notReady();
      await published(load, load.count + UNDER_LOAD);
      await postgres.start();
      await ready(service);
      await published(load, load.count + UNDER_LOAD);
      await expectNothingLost(service, intake, await load.stop());
      expect(await live.stop()).toEqual(['200']);
    },
    90_000,
  );
});
