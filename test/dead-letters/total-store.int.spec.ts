import fc from 'fast-check';
import { type DeadLetter, DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { REASON_CODES } from '../../src/events/domain/rejection.js';
import { EARLIEST_MS, LATEST_MS } from '../../src/events/domain/timestamps.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { deadLetter } from '../support/dead-letters.js';
import { testUuid } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

interface Details {
  readonly id: string;
  readonly key: string | null;
  readonly published_at: string | null;
  readonly published_at_text: string | null;
  readonly event_time: string | null;
  readonly event_time_text: string | null;
  readonly properties: Record<string, string>;
  readonly payload_base64: string;
  readonly envelope_base64: string | null;
  readonly schema_version_base64: string | null;
}

/** Microseconds, nanoseconds, Long.MAX_VALUE and Long.MIN_VALUE, and the ends of what columns and doubles hold. */
const ODD_TIMES = [
  1_763_800_000_000_000,
  1_763_800_000_000_000_000,
  2 ** 63,
  -(2 ** 63),
  2 ** 64,
  2 ** 53 + 2,
  -1,
  -0,
  0,
  0.5,
  EARLIEST_MS,
  EARLIEST_MS - 1,
  LATEST_MS,
  LATEST_MS + 1,
  -210_866_803_200_000,
  9_224_318_015_999_998,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  NaN,
  Infinity,
  -Infinity,
];
const time = fc.oneof(fc.constantFrom(...ODD_TIMES), fc.double(), fc.integer());
const string = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\0', 'a\0b', '\ud800', '\udc00\ud83d', '__proto__', '4294967290', 'x'.repeat(5_000)),
);
const bytes = fc.oneof(
  fc.uint8Array().map((array) => Buffer.from(array)),
  fc.constantFrom(Buffer.alloc(0), Buffer.alloc(3_000_000, 'x')),
);
const letters = fc.array(
  fc.record({
    reason: fc.constantFrom(...REASON_CODES),
    detail: string,
    topic: string,
    messageId: string,
    messageKey: fc.option(string),
    publishedAt: time,
    eventTime: fc.option(time),
    properties: fc.dictionary(string, string),
    payload: bytes,
    envelope: fc.option(bytes),
    schemaVersion: fc.option(bytes),
  }),
  { minLength: 1, maxLength: 4 },
);

/** A letter that cannot be stored is tried for ever; one of many megabytes takes its time on a busy machine. */
const STORED_WITHIN_MS = 30_000;

describe('storing a dead letter is total', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let made = 0;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url);
    await application.database.connect();
  });
  afterAll(async () => {
    await application.close();
    await testDatabase.drop();
  });

  const add = (some: readonly DeadLetter[]) =>
    application.app.get(DeadLetterStore).add(some, AbortSignal.timeout(STORED_WITHIN_MS));
  /** By its address, which is unique here. */
  const stored = async ({ originKey }: DeadLetter): Promise<Details> => {
    const { rows } = await application.database
      .writers()
      .query<{ id: string }>('select id from dead_letters where origin_key = $1', [originKey]);
    const response = await fetch(`${application.url}/dead-letters/${rows[0]?.id}`);
    expect(response.status).toBe(200);
    return (await response.json()) as Details;
  };

  it('whatever a message holds: stored, shown as it was, and tried again', async () => {
    await fc.assert(
      fc.asyncProperty(letters, async (some) => {
        const all = some.map((fields) => deadLetter(0, { ...fields, originKey: testUuid(++made) }));
        await add(all);
        for (const letter of all) {
          const shown = await stored(letter);
          expect(shown.key).toBe(letter.messageKey === null ? null : Buffer.from(letter.messageKey).toString());
          expect(Buffer.from(shown.payload_base64, 'base64').equals(letter.payload)).toBe(true);
          expect(shown.envelope_base64).toBe(letter.envelope?.toString('base64') ?? null);
          expect(shown.schema_version_base64).toBe(letter.schemaVersion?.toString('base64') ?? null);
          expect(Object.entries(shown.properties)).toEqual(Object.entries(letter.properties));
          expect(shownTime(shown.published_at, shown.published_at_text)).toBe(letter.publishedAt + 0);
          expect(shownTime(shown.event_time, shown.event_time_text)).toBe(
            letter.eventTime === null ? null : letter.eventTime + 0,
          );
          const replay = await fetch(`${application.url}/dead-letters/${shown.id}/replay`, { method: 'POST' });
          expect(replay.status).toBe(200);
        }
        const page = await fetch(`${application.url}/dead-letters?limit=1000`);
        expect(page.status).toBe(200);
        await application.database.writers().query('delete from dead_letters');
      }),
      // Shrinking would wait so long each time.
      { numRuns: 40, endOnFailure: true },
    );
  }, 120_000);
});

/** Exactly one of the two says it, or neither. */
function shownTime(time: string | null, text: string | null): number | null {
  expect(time === null || text === null).toBe(true);
  if (time !== null) return Date.parse(time);
  return text === null ? null : Number(text);
}
