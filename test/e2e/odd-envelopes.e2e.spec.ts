import type { PulsarClient } from '../../src/platform/pulsar/message-broker.port.js';
import { describeWithNative } from '../support/native-client.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import { describeWithOfficialClient, type OfficialSend, sendAllOfficially } from './official-client.js';
import { OwnIntake } from './own-intake.js';

const SETTLED_MS = 40_000;
const MEGABYTE = 1024 * 1024;

interface Letter {
  readonly reason: string;
  readonly payload_bytes: number;
  readonly properties: string;
  readonly envelope: Buffer | null;
}

describeWithOfficialClient('envelopes that only a real client makes', () => {
  describe('over websocket', () => envelopes('websocket'));
  describe('over direct', () => envelopes('direct'));
  describeWithNative('over native', () => envelopes('native'));
});

function envelopes(client: PulsarClient): void {
  let database: TestDatabase;
  let intake: OwnIntake;
  let service: RunningService;

  beforeAll(async () => {
    database = await createTestDatabase();
    intake = await OwnIntake.create(database.url);
    service = await startService({
      env: intake.env({ MAX_EVENT_AGE_DAYS: '400', PULSAR_CLIENT: client }),
    });
  }, 60_000);

  afterAll(async () => {
    service.kill('SIGKILL');
    await intake.close();
    await database.drop();
  });

  const letters = () =>
    intake.query<Letter>(
      `select reason, octet_length(payload) as payload_bytes, convert_from(properties, 'UTF8') as properties, envelope
       from dead_letters order by first_seen, id`,
    );

  /** Publishes them between good ones, and waits until all are settled. @returns the dead letters they became. */
  async function sendAmongGood(
    payloads: readonly Buffer[],
    options: OfficialSend,
    expected: number,
  ): Promise<Letter[]> {
    const before = (await letters()).length;
    const recorded = await intake.recorded();
    const good = (count: number) => Array.from({ length: count }, () => Buffer.from('{"user_id":"u"}'));
    await sendAllOfficially(intake, intake.topics.click, good(3));
    await sendAllOfficially(intake, intake.topics.click, payloads, options);
    await sendAllOfficially(intake, intake.topics.click, good(200), { batched: true });
    await intake.recordedExactly(recorded + 203, SETTLED_MS);
    const check = async () => (await letters()).length === before + expected;
    await eventually(check, { within: SETTLED_MS, what: `${expected} dead letters` });
    await intake.noBacklog(SETTLED_MS);
    return (await letters()).slice(before);
  }

  const events = (count: number) => Array.from({ length: count }, (_, n) => Buffer.from(`{"user_id":"u-${n}"}`));

  test.each([
    ['microseconds', 1_763_800_000_000_000n],
    ['nanoseconds', 1_763_800_000_000_000_000n],
    ['the largest long', 2n ** 63n - 1n],
    ['a negative one', 2n ** 64n - 5n],
  ])(
    'an event time of %s: dead letters, timestamp_range',
    async (_name, eventTimestamp) => {
      const found = await sendAmongGood(events(5), { eventTimestamp }, 5);
      expect(new Set(found.map(({ reason }) => reason))).toEqual(new Set(['timestamp_range']));
    },
    90_000,
  );

  test.each([
    ['16 messages, one by one', 16, false, 16],
    ['16 messages in a batch', 16, true, 1],
    ['400 messages in a batch', 400, true, 1],
  ])(
    '%s, encrypted: dead letters with the bytes and what decrypts them',
    async (_name, count, batched, expected) => {
      const found = await sendAmongGood(events(count), { encrypted: true, batched }, expected);
      for (const { reason, payload_bytes: bytes, properties, envelope } of found) {
        expect(reason).toBe('encrypted');
        expect(bytes).toBeGreaterThan(16);
        const context = (JSON.parse(properties) as Record<string, string>)['pulsar.encryption_context']!;
        expect(JSON.parse(context)).toMatchObject({ keys: { key: { keyValue: expect.any(String) as string } } });
        // Only one of the three clients sees the metadata itself.
        expect((envelope?.length ?? 0) > 0).toBe(client === 'direct');
      }
    },
    90_000,
  );

  test.each([6, 13])(
    '%d MB in chunks: a dead letter, too_large',
    async (size) => {
      const found = await sendAmongGood([Buffer.alloc(size * MEGABYTE, 'x')], { chunked: true }, 1);
      expect(found).toEqual([
        { reason: 'too_large', payload_bytes: size * MEGABYTE, properties: '{}', envelope: null },
      ]);
    },
    90_000,
  );
}
