import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import { describeWithOfficialClient, sendAllOfficially } from './official-client.js';
import { OwnIntake } from './own-intake.js';
import { publishTombstone } from './tombstone.js';

const SETTLED_MS = 40_000;

describeWithOfficialClient("the service that speaks Pulsar's own protocol", () => {
  let database: TestDatabase;
  let intake: OwnIntake;
  let service: RunningService;

  beforeAll(async () => {
    database = await createTestDatabase();
    intake = await OwnIntake.create(database.url);
    service = await startService({ env: intake.env({ PULSAR_CLIENT: 'direct' }) });
  }, 60_000);

  afterAll(async () => {
    service.kill('SIGKILL');
    await intake.close();
    await database.drop();
  });

  const events = (count: number, filling = '') =>
    Array.from({ length: count }, (_, n) => Buffer.from(`{"user_id":"u-${n}","note":"${filling}"}`));

  const matrix = ([undefined, 'LZ4', 'ZLib', 'ZSTD', 'SNAPPY'] as const).flatMap((compression) =>
    [false, true].map((batched) => ({ compression, batched })),
  );
  test.each(matrix)(
    'records what the official client packs: %p',
    async ({ compression, batched }) => {
      const before = await intake.recorded();
      const payloads = [...events(150), ...events(3, 'filling '.repeat(5_000))];
      await sendAllOfficially(intake, intake.topics.click, payloads, { compression, batched });
      await intake.recordedExactly(before + payloads.length, SETTLED_MS);
      await intake.noBacklog(SETTLED_MS);
      expect(await intake.query('select 1 from dead_letters')).toEqual([]);
    },
    90_000,
  );

  test('a tombstone becomes a dead letter, and what follows is recorded', async () => {
    const before = await intake.recorded();
    await publishTombstone(intake.pulsar.serviceUrl, intake.topics.click);
    await sendAllOfficially(intake, intake.topics.click, events(5));
    await intake.recordedExactly(before + 5, SETTLED_MS);
    const letter = async () => {
      const rows = await intake.query<{ reason: string; message_key: string; bytes: number }>(
        'select reason, message_key, octet_length(payload) as bytes from dead_letters',
      );
      return rows.length === 1 && rows[0]!;
    };
    expect(await eventually(letter, { within: SETTLED_MS, what: 'it is a dead letter' })).toMatchObject({
      reason: 'null_value',
      bytes: 0,
    });
    await intake.noBacklog(SETTLED_MS);
  }, 90_000);
});
