import { FACT_COLUMNS, type FactColumn } from '../../src/regions/domain/fact-row.js';
import { NoFactsPage, readFactsPage } from '../../src/regions/infrastructure/http/facts-page.js';
import { answeredPage } from './answered-page.js';

const KEY = '0199c1a4-7d2e-7c3b-9a51-3f0f6a1b2c3d';
type Values = Partial<Record<FactColumn, string | null>>;

const rowOf = (values: Values = {}): (string | null)[] => {
  const fact: Values = {
    event_key: KEY,
    event_type: 'click',
    occurred_at: '-62135596800000',
    received_at: '1763800000123',
    intake: 'pulsar',
    message_id: '12:3:-1:0',
    fingerprint: '-144115188075855872',
    event_id: KEY,
    user_id: 'u-1',
    ...values,
  };
  return FACT_COLUMNS.map((column) => fact[column] ?? null);
};

const conflict = (more: Record<string, unknown> = {}) => ({
  event_key: KEY,
  event_type: 'click',
  event_id: 'x',
  fingerprint: '-5',
  content: '{"user_id":"u-1"}',
  ...more,
});
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

const large = (length: number) => `{"a":"${'x'.repeat(length - 8)}"}`;

const page = (more: Record<string, unknown> = {}) => answeredPage({ facts: [rowOf()], ...more });
const read = (more: Record<string, unknown> = {}) => readFactsPage(Buffer.from(JSON.stringify(page(more))));

describe('a page of facts', () => {
  it('is read as the other region wrote it', () => {
    expect(read()).toMatchObject({ watermark: 'w', next_cursor: null, region: 'b' });
    expect(read().facts).toEqual([
      {
        eventKey: KEY,
        eventType: 'click',
        occurredAt: -62_135_596_800_000,
        receivedAt: 1_763_800_000_123,
        intake: 'pulsar',
        messageId: '12:3:-1:0',
        fingerprint: -144_115_188_075_855_872n,
        row: rowOf(),
      },
    ]);
    const erased = read({ facts: [rowOf({ fingerprint: null, message_id: null, user_id: null })] });
    expect(erased.facts[0]).toMatchObject({ fingerprint: null, messageId: null });
  });

  it.each<[string, Record<string, unknown>]>([
    ['a member is missing', { watermark: undefined }],
    ['a member is of another type', { held_back_ms: '0' }],
    ['it has a column more', { columns: [...FACT_COLUMNS, 'mood'], facts: [[...rowOf(), 'good']] }],
    ['it was held back for longer than there is time', { held_back_ms: Number.MAX_SAFE_INTEGER }],
    ['its columns have another order', { columns: FACT_COLUMNS.toReversed() }],
    ['a row is short', { facts: [rowOf().slice(1)] }],
    ['a value is no text', { facts: [[1, ...rowOf().slice(1)]] }],
    ['a fact has no key', { facts: [rowOf({ event_key: null })] }],
    ['a fact is of another type', { facts: [rowOf({ event_type: 'like' })] }],
    ['a fact came another way', { facts: [rowOf({ intake: 'fax' })] }],
    ['a time is none', { facts: [rowOf({ occurred_at: '2025-11-22' })] }],
    ['a time is after the year 9999', { facts: [rowOf({ occurred_at: '253402300800000' })] }],
    ['a time is before the year 1', { facts: [rowOf({ received_at: '-62135596800001' })] }],
    ['a time is far beyond any', { facts: [rowOf({ received_at: '9223372036854775807' })] }],
    ['a key is no UUID', { facts: [rowOf({ event_key: 'zz' })] }],
    ['a fingerprint is too large', { facts: [rowOf({ fingerprint: '9999999999999999999' })] }],
    ['a fingerprint is none', { facts: [rowOf({ fingerprint: '0x10' })] }],
    ['a text holds U+0000', { facts: [rowOf({ user_id: 'a\0b' })] }],
    ['a text about the page holds U+0000', { held_back_by: 'a\0b' }],
    ['its watermark holds U+0000', { watermark: 'a\0b' }],
    ['a conflict holds U+0000', { conflicts: [conflict({ event_id: 'a\0b' })] }],
    ['the fingerprint of a conflict is none', { conflicts: [conflict({ fingerprint: 'x' })] }],
    ['the fingerprint of a conflict is too large', { conflicts: [conflict({ fingerprint: '9999999999999999999' })] }],
    ['the content of a conflict is no JSON', { conflicts: [conflict({ content: 'x' })] }],
    ['the content of a conflict is no object', { conflicts: [conflict({ content: '[1]' })] }],
    ['the content of a conflict is null', { conflicts: [conflict({ content: 'null' })] }],
    ['the content of a conflict nests too deep', { conflicts: [conflict({ content: deep(9_000) })] }],
    ['a text holds half a pair', { facts: [rowOf({ properties: '{"a":"\ud83d"}' })] }],
  ])('is not understood where %s', (_, more) => {
    expect(() => read(more)).toThrow(NoFactsPage);
  });

  it('is not understood where it holds more than any region sends', () => {
    const refuses = (more: Record<string, unknown>) => {
      expect(() => read(more)).toThrow(NoFactsPage);
    };
    refuses({ facts: Array<unknown>(5_001).fill(rowOf()) });
    refuses({ conflicts: Array<unknown>(5_001).fill(conflict()) });
    refuses({ conflicts: [conflict({ content: large(524_289) })] });
    expect(read({ conflicts: [conflict({ content: large(524_288) })] }).conflicts).toHaveLength(1);
    const eight = Array<unknown>(8).fill(conflict({ content: large(500_000) }));
    expect(read({ conflicts: eight }).conflicts).toHaveLength(8);
    refuses({ conflicts: [...eight, conflict()] });
  });

  it.each([
    ['objects', `{"facts":[${'{},'.repeat(300_000)}{}]}`],
    ['names', `{${Array.from({ length: 300_000 }, (_, n) => `"n${n}":1`).join()}}`],
    ['levels', `${'['.repeat(300_000)}${']'.repeat(300_000)}`],
  ])('is refused before it is parsed where it has more %s than any region sends', (_, text) => {
    expect(() => readFactsPage(Buffer.from(text))).toThrow('more than any region sends');
  });

  it('may be as large as the largest that is asked for', () => {
    const full = read({ facts: Array(5_000).fill(rowOf()), conflicts: Array(5_000).fill(conflict()) });
    expect([full.facts.length, full.conflicts.length]).toEqual([5_000, 5_000]);
  });

  it('names the column of a time that is none', () => {
    expect(() => read({ facts: [rowOf({ received_at: '253402300800000' })] })).toThrow('received_at is not a time');
  });

  it('may hold other signs that JSON escapes', () => {
    expect(read({ facts: [rowOf({ user_agent: '\u0001 \\u0000', user_id: '\u{1F600}' })] }).facts).toHaveLength(1);
  });

  it('may hold contents of conflicts, as deep as properties are', () => {
    const conflicts = [conflict(), conflict({ fingerprint: '7', content: `{"properties":${deep(32)}}` })];
    expect(read({ conflicts }).conflicts).toEqual(conflicts);
  });

  it('is not understood where it is no JSON', () => {
    expect(() => readFactsPage(Buffer.from('<html>'))).toThrow(NoFactsPage);
  });
});
