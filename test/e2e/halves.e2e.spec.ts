import { DirectBroker } from '../../src/platform/pulsar/direct/direct-broker.js';
import { quietLogger } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { backlog, describeWithPulsar } from '../support/pulsar.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import { OwnIntake } from './own-intake.js';

const BATCH = 200;
/** So that a batch comes in two halves: what may be in flight. */
const HALF = BATCH / 2;
const SETTLED_MS = 30_000;

describeWithPulsar('kill -9 between the two halves of an entry', () => {
  let database: TestDatabase;
  let intake: OwnIntake;
  let service: RunningService;

  beforeEach(async () => {
    database = await createTestDatabase();
    intake = await OwnIntake.create(database.url);
  });
  afterEach(async () => {
    service.kill('SIGKILL');
    await intake.close();
    await database.drop();
  });

  const start = async (type: string, more: Record<string, string> = {}) => {
    const settings = { PULSAR_SUBSCRIPTION_TYPE: type, PULSAR_IN_FLIGHT_MESSAGES: String(HALF), ...more };
    service = await startService({ env: intake.env({ PULSAR_CLIENT: 'direct', ...settings }) });
  };
  const publishEntry = async () => {
    const broker = await DirectBroker.open({ ...intake.pulsar, log: quietLogger });
    const publisher = broker.createPublisher(intake.topics.click);
    // None of them is sent before there is a connection, so that another try sends none twice.
    const publishAll = () =>
      Promise.all(
        Array.from({ length: BATCH }, (_, n) => publisher.publish({ data: Buffer.from(`{"user_id":"u-${n}"}`) })),
      );
    const ids = await eventually(publishAll, { within: SETTLED_MS, what: 'the entry is published' });
    await broker.close();
    expect(new Set(ids.map((id) => id.slice(0, id.lastIndexOf(':')))).size).toBe(1);
  };

  test.each(['Shared', 'Failover'])(
    '%s: nothing of it is lost, nothing is recorded twice',
    async (type) => {
      // The first half is recorded and settled, the second has come and nothing is done with it.
      await start(type, { FAILPOINT: 'after_receive:exit:2' });
      await publishEntry(); // now that it runs: else it may end before it is said to have started
      expect(await service.exited).toEqual({ code: null, signal: 'SIGKILL' });
      expect(await intake.recorded()).toBe(HALF);
      expect(await backlog(intake.topics.click, intake.subscription)).toBe(1);

      await start(type);
      await intake.recordedExactly(BATCH, SETTLED_MS);
      await intake.noBacklog(SETTLED_MS);
      expect(await intake.query('select count(distinct user_id)::int as users from events')).toEqual([
        { users: BATCH },
      ]);
      expect(await intake.query('select from dead_letters')).toEqual([]);
    },
    60_000,
  );
});
