import fc from 'fast-check';
import { Client } from 'pg';
import { BinaryCopy } from '../../../src/platform/postgres/binary/binary-copy.js';
import { copyIn } from '../../../src/platform/postgres/binary/copy-in.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';

interface Row {
  readonly id: number;
  readonly key: string;
  readonly words: string | null;
  readonly document: string | null;
  readonly whole: number | null;
  readonly share: number | null;
  readonly wide: bigint | null;
  readonly moment: number;
  readonly sum: string | null;
}

const TABLE = `create table copied (
  id int, key uuid, words text, document jsonb, whole int, share float8, wide bigint, moment timestamptz(3), sum numeric(20,4))`;
const COPY = `copy copied (id, key, words, document, whole, share, wide, moment, sum) from stdin (format binary)`;
/** As text, so that no parser of ours or of the driver's judges itself. */
const READ = `
  select id, key::text, words, document::text, whole::text, share::text, wide::text,
         to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as moment, sum::text
  from copied order by id`;

function copyOf(rows: readonly Row[], capacity = 64): Buffer {
  const copy = new BinaryCopy(capacity);
  for (const row of rows) {
    copy.row(9);
    copy.integer(row.id);
    copy.uuid(row.key);
    copy.text(row.words);
    copy.jsonb(row.document);
    copy.integer(row.whole);
    copy.double(row.share);
    copy.bigint(row.wide);
    copy.instant(row.moment);
    copy.numeric(row.sum);
  }
  return copy.messages();
}

const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
/** PostgreSQL stores no U+0000. */
const words = fc.string({ unit: 'binary', maxLength: 120 }).map((text) => text.replaceAll('\0', ' '));
const sums = fc
  .tuple(fc.boolean(), fc.bigInt(0n, 9_999_999_999_999_999n), fc.integer({ min: 0, max: 4 }), fc.nat(9999))
  .map(([negative, whole, decimals, part]) => {
    const fraction = decimals === 0 ? '' : `.${String(part).padStart(4, '0').slice(0, decimals)}`;
    return `${negative ? '-' : ''}${whole}${fraction}`;
  });
const rows = fc
  .array(
    fc.record({
      key: fc.uuid(),
      words: nullable(words),
      document: nullable(words.map((text) => JSON.stringify({ [[...text].slice(0, 9).join('')]: [text, 1.5, null] }))),
      whole: nullable(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
      share: nullable(fc.double({ noNaN: true, noDefaultInfinity: true })),
      wide: nullable(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
      moment: fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T00:00:00Z') }),
      sum: nullable(sums),
    }),
    { maxLength: 40 },
  )
  .map((some) => some.map((row, id): Row => ({ id, ...row })));

describe('rows by binary COPY', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url, pipeline: true });
    await client.connect();
    await client.query(`set extra_float_digits = 3; ${TABLE}`);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });
  beforeEach(() => client.query('truncate copied'));

  it('are read back as they were', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (some) => {
        await client.query('truncate copied');
        await copyIn(client, COPY, copyOf(some));

        const read = await client.query<Record<string, string | null>>(READ);

        expect(read.rows).toEqual(
          await Promise.all(
            some.map(async (row) => ({
              id: row.id,
              key: row.key,
              words: row.words,
              document: await asText('jsonb', row.document),
              whole: row.whole === null ? null : String(row.whole),
              share: await asText('float8', Object.is(row.share, -0) ? '-0' : (row.share?.toString() ?? null)),
              wide: row.wide === null ? null : String(row.wide),
              moment: new Date(row.moment).toISOString(),
              sum: await asText('numeric(20,4)', row.sum),
            })),
          ),
        );
      }),
      { numRuns: 60 },
    );
  });

  /** Asks PostgreSQL itself for the value of a text. */
  async function asText(type: string, text: string | null): Promise<string | null> {
    const { rows: read } = await client.query<{ value: string | null }>(`select ($1::text)::${type}::text as value`, [
      text,
    ]);
    return read[0]!.value;
  }

  it.each(['0', '0.0001', '-0.5', '9999', '10000', '99990000', '1.0', '0.10', '1234567890123456.7891'])(
    'keep the amount %s',
    async (sum) => {
      await copyIn(client, COPY, copyOf([row({ sum })]));
      const { rows: read } = await client.query<{ equal: boolean }>(
        'select sum = $1::numeric and sum::text = ($1::numeric(20,4))::text as equal from copied',
        [sum],
      );
      expect(read).toEqual([{ equal: true }]);
    },
  );

  it('need no room beyond what they take: the buffer grows', async () => {
    const long = 'ä'.repeat(100_000);
    await copyIn(client, COPY, copyOf([row({ words: long }), row({ id: 1, words: 'b' })], 0));
    const { rows: read } = await client.query('select id, words from copied order by id');
    expect(read).toEqual([
      { id: 0, words: long },
      { id: 1, words: 'b' },
    ]);
  });

  it('can be none', async () => {
    await copyIn(client, COPY, copyOf([]));
    expect((await client.query('select from copied')).rowCount).toBe(0);
  });

  it('are refused with the SQLSTATE, and the statements sent behind them are answered', async () => {
    const outcomes = await Promise.allSettled([
      copyIn(client, COPY, copyOf([row({}), row({ id: 1, sum: '123456789012345678.5' })])),
      client.query('select 1 as one'),
      copyIn(client, 'copy no_such_table from stdin (format binary)', copyOf([row({})])),
      copyIn(client, COPY, copyOf([row({ id: 7 })])),
      client.query('select id from copied'),
    ]);

    expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? sqlState(outcome.reason) : 'done'))).toEqual([
      '22003',
      'done',
      '42P01',
      'done',
      'done',
    ]);
    expect((outcomes[4] as PromiseFulfilledResult<{ rows: unknown[] }>).value.rows).toEqual([{ id: 7 }]);
  });

  it.each([
    { key: '' },
    { key: '0199c1a4-7d2e-7c3b-9a51-3f0f6a1b2c3' },
    { key: '0199c1a4-7d2e-7c3b-9a51-3f0f6a1b2c3g' },
    { key: 'a'.repeat(36) },
    { whole: 2 ** 31 },
    { whole: 0.5 },
    { sum: '' },
    { sum: '1e5' },
    { sum: '.5' },
    { wide: 2n ** 63n },
  ])('are not made of a value that does not fit its type: %p', (wrong) => {
    expect(() => copyOf([row(wrong)])).toThrow();
  });
});

const row = (some: Partial<Row>): Row => ({
  id: 0,
  key: '0199c1a4-7d2e-7c3b-9a51-3f0f6a1b2c3d',
  words: null,
  document: null,
  whole: null,
  share: null,
  wide: null,
  moment: 0,
  sum: null,
  ...some,
});

const sqlState = (error: unknown): unknown => (error as { code?: unknown }).code;
