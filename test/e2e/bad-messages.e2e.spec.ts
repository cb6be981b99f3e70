import { REJECTION_REASONS, UNREADABLE_REASONS } from '../../src/events/domain/rejection.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithPulsar } from '../support/pulsar.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import { badMessages, CONFLICTING } from './bad-messages.table.js';
import { eventCounters } from './metrics.js';
import { describeWithOfficialClient, sendOfficially } from './official-client.js';
import { OwnIntake } from './own-intake.js';

const SETTLED_MS = 30_000;
/** Pulsar takes 5 MiB with what stands beside the payload. */
const LARGEST_MESSAGE = 5 * 1024 * 1024 - 10_240;

interface DeadLetterRow {
  readonly reason: string;
  readonly detail: string;
  readonly topic: string;
  readonly message_id: string;
  readonly message_key: Buffer | null;
  readonly properties: Buffer;
  readonly payload: Buffer;
  readonly attempts: number;
  readonly state: string;
}

describeWithPulsar('bad messages among good ones', () => {
  const bad = badMessages(Date.now());
  const good = [{ event_id: CONFLICTING }, ...bad.map((_, n) => ({ event_id: `neighbour-${n}` }))];
  /** The ids of the bad and of the good events, in their order. */
  let badIds: string[];
  let goodIds: string[];
  let letters: Map<string, DeadLetterRow>;
  let database: TestDatabase;
  let intake: OwnIntake;
  let service: RunningService;

  beforeAll(async () => {
    database = await createTestDatabase();
    intake = await OwnIntake.create(database.url);
    const publishGood = (n: number, type = bad[n - 1]?.type ?? 'click') =>
      intake.publish(type, { data: Buffer.from(JSON.stringify({ ...good[n], user_id: 'u' })) });
    const start = () => startService({ env: intake.env({ MAX_EVENT_AGE_DAYS: '400' }) });
    // The first with its id must be stored before the other is sent: two batches in flight may commit in either order.
    const first = await publishGood(0);
    service = await start();
    await intake.recordedExactly(1, SETTLED_MS);
    await intake.noBacklog(SETTLED_MS);
    service.kill('SIGTERM');
    await service.exited;
    // In one turn of the event loop, a good one behind each bad one, before anybody consumes: they share batches.
    const publishing = bad.map(({ type, message }, n) => [intake.publish(type, message), publishGood(n + 1)] as const);
    badIds = await Promise.all(publishing.map(([badOne]) => badOne));
    goodIds = [first, ...(await Promise.all(publishing.map(([, goodOne]) => goodOne)))];
    service = await start();
    await intake.recordedExactly(good.length, SETTLED_MS);
    await intake.noBacklog(SETTLED_MS);
    const rows = await intake.query<DeadLetterRow>('select * from dead_letters');
    letters = new Map(rows.map((row) => [row.message_id, row]));
  }, 90_000);

  afterAll(async () => {
    service.kill('SIGKILL');
    await intake.close();
    await database.drop();
  });

  test('most shared a batch of the producer with good ones', () => {
    const entryOf = (id: string) => id.split(':').slice(0, 2).join(':');
    const entriesOfGood = new Set(goodIds.map(entryOf));
    expect(badIds.filter((id) => entriesOfGood.has(entryOf(id))).length).toBeGreaterThan(30);
  });

  test.each(bad.map((message, n) => ({ ...message, n })))(
    '$kind: a dead letter, $reason, with its bytes',
    ({ n, reason, type, message }) => {
      const letter = letters.get(badIds[n]!);
      expect(letter).toMatchObject({ reason, topic: intake.topics[type], attempts: 1, state: 'open' });
      expect(letter!.payload.equals(message.data)).toBe(true);
      expect(letter!.detail).toMatch(/^[\x20-\x7e]{1,1024}$/);
    },
  );

  test('there is one dead letter for each, and no other', () => {
    expect([...letters.keys()].sort()).toEqual([...badIds].sort());
  });

  test('every reason that a live message can get is among them', () => {
    const seen = new Set(bad.map(({ reason }) => reason));
    // The floor of the retention is far below any accepted time; no payload is known that PostgreSQL refuses; only the
    // official client encrypts (odd-envelopes); none of these was replicated from another region.
    const elsewhere: readonly string[] = ['too_old', 'unstorable', 'no_identity', ...UNREADABLE_REASONS];
    expect(
      Object.keys(REJECTION_REASONS)
        .filter((reason) => !elsewhere.includes(reason))
        .sort(),
    ).toEqual([...seen].sort());
  });

  test('key and properties are kept as bytes', () => {
    const letterOf = (kind: string) => letters.get(badIds[bad.findIndex((message) => message.kind === kind)]!)!;
    const withNul = letterOf('a NUL in key and properties');
    expect(withNul.message_key?.toString()).toBe('k\0');
    expect(JSON.parse(withNul.properties.toString())).toEqual({ 'a\0': '\0b' });
    // The broker's WebSocket service has made them question marks before it stored them.
    expect(JSON.parse(letterOf('lone surrogates in properties').properties.toString())).toEqual({ 'a?': '?b' });
  });

  test('every neighbour is recorded, from its own message', async () => {
    const rows = await intake.query<{ event_id: string; message_id: string }>(
      'select event_id, message_id from events',
    );
    const found = new Map(rows.map(({ event_id, message_id }) => [event_id, message_id]));
    expect(found).toEqual(new Map(good.map(({ event_id }, n) => [event_id, goodIds[n]])));
  });

  test('the process is unharmed, and its counters say the same as the tables', async () => {
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    const byReason: Record<string, number> = {};
    for (const { reason } of bad) byReason[`rejected ${reason}`] = (byReason[`rejected ${reason}`] ?? 0) + 1;
    // The first was recorded by an earlier process.
    expect(await eventCounters(service.url)).toEqual({ recorded: good.length - 1, ...byReason });
    // One line of JSON each, whatever the messages hold.
    const lines = service
      .logs()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { msg: string });
    expect(lines.filter(({ msg }) => msg === 'dead letter')).toHaveLength(bad.length);
    expect(service.logs()).not.toContain('\u001b');
  });

  describeWithOfficialClient('from the official client', () => {
    const letterOf = (payload: Buffer) =>
      eventually(
        async () => {
          const rows = await intake.query<DeadLetterRow>('select * from dead_letters where payload = $1', [payload]);
          return rows.length === 1 && rows[0]!;
        },
        { within: SETTLED_MS, what: 'it is a dead letter' },
      );

    test('the largest message that Pulsar takes: whole in a dead letter', async () => {
      const payload = Buffer.alloc(LARGEST_MESSAGE, '{"user_id":"u"}\n');
      await sendOfficially(intake, intake.topics.sale, payload);
      expect(await letterOf(payload)).toMatchObject({ reason: 'too_large' });
    }, 60_000);

    test.each([
      ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
      ['bytes that are no UTF-8', [0xff, 0xfe]],
      ['NUL', [0x00]],
    ])('a property that holds %s: a dead letter, and the next message is recorded', async (name, bytes) => {
      const payload = Buffer.from(`not JSON: ${name}`);
      await sendOfficially(intake, intake.topics.click, payload, Buffer.from(bytes));
      expect(await letterOf(payload)).toMatchObject({ reason: 'not_json', attempts: 1 });
      const before = await intake.recorded();
      const neighbour = Buffer.from('{"user_id":"u"}');
      await sendOfficially(intake, intake.topics.click, neighbour, Buffer.from(bytes));
      await intake.recordedExactly(before + 1, SETTLED_MS);
    });
  });
});
