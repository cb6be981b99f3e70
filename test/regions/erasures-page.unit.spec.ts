import * as erasuresPage from '../../src/regions/infrastructure/http/erasures-page.js';

const { NoErasuresPage } = erasuresPage;
const NOW = Date.parse('2025-11-22T13:00:00.000Z');
const DAY = 86_400_000;
const readErasuresPage = (value: unknown) => erasuresPage.readErasuresPage(value, NOW);

const PERSON = '5b41362bc82b7f3d56edc5a306db22105707d01ff4819e26faef9724a2d406c9';

const erasure = (more: Record<string, unknown> = {}) => ({
  person: PERSON,
  id_bytes: 3,
  erased_at: 1_763_812_800_000,
  ...more,
});
const page = (...erasures: unknown[]) => ({ key_fingerprint: 'f', erasures, next_cursor: null });
const many = (count: number) =>
  Array.from({ length: count }, (_, n) => erasure({ person: n.toString(16).padStart(64, '0') }));

describe('a page of the log of erasures', () => {
  it.each<[string, unknown]>([
    ['is empty', page()],
    ['has the longest user id', page(erasure({ id_bytes: 1_020 }))],
    ['has a time before 1970', page(erasure({ erased_at: -1 }))],
    [
      'has a time that producers and regions whose clocks are ahead may make',
      page(erasure({ erased_at: NOW + 7 * DAY })),
    ],
  ])('is read where it %s', (_, value) => {
    expect(readErasuresPage(value)).toEqual(value);
  });

  it.each<[string, unknown]>([
    ['it is no object', []],
    ['a member is missing', { erasures: [], next_cursor: null }],
    ['a hash is no hexadecimal number', page(erasure({ person: 'z'.repeat(64) }))],
    ['a hash is short', page(erasure({ person: 'abcd' }))],
    ['a hash is in upper case', page(erasure({ person: PERSON.toUpperCase() }))],
    ['a user id has no length', page(erasure({ id_bytes: 0 }))],
    ['a user id is longer than any', page(erasure({ id_bytes: 1_021 }))],
    ['a time is far ahead', page(erasure({ erased_at: NOW + 7 * DAY + 1 }))],
    ['a time is of the year 9999', page(erasure({ erased_at: 253_402_300_799_999 }))],
    ['a time is later than any', page(erasure({ erased_at: 253_402_300_800_000 }))],
    ['a time is earlier than any', page(erasure({ erased_at: -8_640_000_000_000_000 }))],
    ['a person stands twice in it', page(erasure(), erasure({ erased_at: 1_763_812_800_001 }))],
  ])('is not understood where %s', (_, value) => {
    expect(() => readErasuresPage(value)).toThrow(NoErasuresPage);
  });

  it('names the field that is not understood', () => {
    const message = (more: Record<string, unknown>) => () => readErasuresPage(page(erasure(), erasure(more)));
    expect(message({ person: 'f'.repeat(64), erased_at: 253_402_300_799_999 })).toThrow(
      `erased_at of the person ${'f'.repeat(64)} is 9999-12-31T23:59:59.999Z, more than 7 days ahead of the clock here`,
    );
    expect(message({ erased_at: 253_402_300_800_000 })).toThrow('/erasures/1/erased_at must be <= 253402300799999');
  });

  it('has no more erasures than are asked for', () => {
    expect(readErasuresPage(page(...many(5_000))).erasures).toHaveLength(5_000);
    expect(() => readErasuresPage(page(...many(5_001)))).toThrow(NoErasuresPage);
  });
});
