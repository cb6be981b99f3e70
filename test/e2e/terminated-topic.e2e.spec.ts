import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { deleteTopic, describeWithPulsar, terminate } from '../support/pulsar.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import { getJson } from './metrics.js';
import { OwnIntake } from './own-intake.js';

const SOON_MS = 30_000;

interface HealthAnswer {
  readonly status: string;
  readonly components: { readonly pulsar: { readonly status: string; readonly reason?: string } };
}

describeWithPulsar('a topic that somebody terminates', () => {
  let database: TestDatabase;
  let intake: OwnIntake;
  let service: RunningService | null;

  beforeEach(async () => {
    service = null;
    database = await createTestDatabase();
    intake = await OwnIntake.create(database.url);
  }, 60_000);
  afterEach(async () => {
    service?.kill('SIGKILL');
    await intake.close();
    await database.drop();
  });

  const health = () => getJson<HealthAnswer>(`${service!.url}/health`);
  const isWell = () =>
    eventually(async () => expect(await health()).toMatchObject({ status: 'healthy' }), {
      within: SOON_MS,
      what: 'all is well',
    });

  test.each(['direct', 'websocket'])(
    '%s: what was published before is recorded, /health says what to do, and that helps',
    async (client) => {
      const { sale } = intake.topics;
      await intake.publish('sale', { data: Buffer.from('{"user_id":"before","amount":"1"}') });
      await terminate(sale);
      service = await startService({ env: intake.env({ PULSAR_CLIENT: client, METRICS_CACHE_MS: '0' }) });
      await intake.recordedExactly(1, SOON_MS);
      const told = async () => {
        const { status, components } = await health();
        expect(status).toBe('degraded');
        expect(components.pulsar.reason).toContain(`pulsar-admin topics delete -f ${sale}`);
      };
      await eventually(told, { within: SOON_MS, what: 'it says that the topic is terminated' });
      const complete = { lag_ms: 0, complete: true, missing: [] };
      await eventually(async () => expect(await getJson(`${service!.url}/metrics`)).toMatchObject(complete), {
        within: SOON_MS,
        what: 'nothing that was published is missing',
      });
      const figures = await (await fetch(`${service.url}/internal/metrics`)).text();
      expect(figures.match(/^monitoreo_consumer_terminated\S* 1$/gm)).toEqual([
        `monitoreo_consumer_terminated{topic="${sale}"} 1`,
      ]);

      await deleteTopic(sale);
      await isWell();
      const after = Buffer.from('{"event_id":"after","user_id":"after","amount":"1"}');
      const published = () => intake.publish('sale', { data: after });
      await eventually(published, { within: SOON_MS, what: 'it can be published to again' });
      await intake.recordedExactly(2, SOON_MS);
    },
    120_000,
  );
});
