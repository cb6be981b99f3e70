import fc from 'fast-check';
import { canonicalJson } from '../../../../src/events/domain/parsing/canonical-json.js';
import { fingerprintOf, sameFingerprint } from '../../../../src/events/domain/content/fingerprint.js';
import type { EventContent } from '../../../../src/events/domain/content/event-content.js';
import { TrackedEvent } from '../../../../src/events/domain/tracked-event.js';
import { RULES, recorded } from '../payloads/payload-case.js';

const sale = {
  user_id: 'u',
  session_id: 's',
  url: '/a',
  x: 0.1,
  y: 0.2,
  viewport_width: 1,
  viewport_height: 2,
  scroll_y: 3,
  amount: '19.90',
  currency: 'EUR',
  coupon: 'A',
  items: [1, { b: 1, a: 2 }],
};
type Circumstances = Parameters<typeof recorded>[3];

function fingerprint(body: unknown, circumstances: Circumstances = { type: 'sale' }): bigint {
  return TrackedEvent.record(recorded('', body, {}, circumstances).incoming, RULES).fingerprint!;
}

test('golden value: stored fingerprints depend on it, a change needs a new version', () => {
  // 02, then the first 56 bits of
  // printf '%s' '1:u1:s2:/a3:0.13:0.21:11:21:3--4:19.93:EUR------40:{"coupon":"A","items":[1,{"a":2,"b":1}]}' | sha256sum
  expect(fingerprint(sale).toString(16)).toBe('2ab9a2be5a4093b');
  // printf '%s' '-1:s2:/a--1:11:21:3----6:scroll3:v-14:0.754:14404:520016:{"selector":"a"}-' | sha256sum
  const scroll = {
    session_id: 's',
    url: '/a',
    viewport_width: 1,
    viewport_height: 2,
    scroll_y: 3,
    interaction: 'scroll',
    view_id: 'v-1',
    scroll_depth: 0.75,
    document_width: 1440.9,
    document_height: 5200,
    target: { selector: 'a', x: null, y: null },
  };
  expect(fingerprint(scroll, { type: 'click' }).toString(16)).toBe('29ef6cb9309bb2e');
});

test('times, user agent, id, event_type, transport and the spelling of the same content do not count', () => {
  const { url, ...rest } = sale;
  const same: [unknown, Circumstances?][] = [
    [{ ...sale, timestamp: 1_772_359_100_000, user_agent: 'other', event_id: 'e', event_type: 'sale' }],
    [{ ...rest, page_url: url }],
    [{ ...sale, amount: 19.9, viewport_width: 1.7 }],
    [{ ...sale, session_id: 's', nothing: null, conversion_type: null }],
    [{ ...sale, items: undefined, properties: { items: [1, { a: 2, b: 1 }] } }],
    [JSON.stringify(sale).replace('"items":[1', '"items":[1.0')],
    [{ ...sale, items: [1, { a: 2, b: 1, c: null }] }],
    [sale, { type: 'sale', intake: 'http', userAgent: 'x', fallbackTime: 1_772_359_100_000 }],
  ];
  for (const [body, circumstances] of same) expect(fingerprint(body, circumstances)).toBe(fingerprint(sale));
});

test('any change of content changes it', () => {
  const other = { user_id: 'z', session_id: 'z', url: '/z', currency: 'USD', coupon: 'z', items: [1, { b: 1 }] };
  const numbers = ['x', 'y', 'viewport_width', 'viewport_height', 'scroll_y', 'amount'];
  const variants = [
    sale,
    ...Object.entries(other).map(([key, value]) => ({ ...sale, [key]: value })),
    ...numbers.map((key) => ({ ...sale, [key]: 0.5 })),
    ...Object.keys(sale)
      .filter((key) => !['user_id', 'x', 'y'].includes(key))
      .map((key) => ({ ...sale, [key]: null })),
    { ...sale, user_id: 's', session_id: 'u' },
    { ...sale, x: 0.2, y: 0.1 },
    { ...sale, viewport_width: 2, viewport_height: 1 },
    { ...sale, items: [{ b: 1, a: 2 }, 1] },
    { ...sale, coupon: ['A'] },
    { ...sale, another: 0 },
  ];
  expect(new Set(variants.map((body) => fingerprint(body))).size).toBe(variants.length);
});

test('any change of an interaction, or of what a click says about its view, changes it', () => {
  const click = { user_id: 'u', url: '/a', view_id: 'v', scroll_depth: 0.5, document_width: 1, document_height: 2 };
  const variants = [
    click,
    { ...click, view_id: 'w' },
    { ...click, scroll_depth: 0.25 },
    { ...click, document_width: 2, document_height: 1 },
    { ...click, interaction: 'view' },
    { ...click, interaction: 'scroll' },
    { ...click, target: { selector: 'a' } },
    { ...click, target: { selector: 'a', fixed: false } },
    { ...click, target: { selector: 'b' } },
    { ...click, view_id: null, properties: { view_id: 'v' } },
    { ...click, scroll_depth: 75 },
  ];
  expect(new Set(variants.map((body) => fingerprint(body, { type: 'click' }))).size).toBe(variants.length);
});

test('each field counts where it is the only one', () => {
  const one: Record<keyof EventContent, string | number> = {
    userId: 'a',
    sessionId: 'a',
    pageUrl: 'a',
    x: 1,
    y: 1,
    viewportWidth: 1,
    viewportHeight: 1,
    scrollY: 1,
    reaction: 'a',
    conversionType: 'a',
    amount: 'a',
    currency: 'a',
    interaction: 'a',
    viewId: 'a',
    scrollDepth: 1,
    documentWidth: 1,
    documentHeight: 1,
    target: 'a',
  };
  const names = Object.keys(one) as (keyof EventContent)[];
  const without = Object.fromEntries(names.map((name) => [name, null])) as unknown as EventContent;
  const contents = [without, ...names.map((name) => ({ ...without, [name]: one[name] }))];
  expect(new Set(contents.map((content) => fingerprintOf(content, null))).size).toBe(names.length + 1);
});

test('two events have one fingerprint exactly when their content is one', () => {
  const content = fc.record(
    {
      user_id: fc.constantFrom('u', '1:u', 'u-', '-'),
      session_id: fc.constantFrom('s', '-', ':'),
      coupon: fc.constantFrom('a', 'b', 1, true),
      n: fc.integer({ min: 0, max: 2 }),
    },
    { requiredKeys: ['user_id'] },
  );
  fc.assert(
    fc.property(content, content, (a, b) => {
      expect(fingerprint(a) === fingerprint(b)).toBe(canonicalJson(a) === canonicalJson(b));
    }),
    { numRuns: 2_000, seed: 1 },
  );
});

test('the order of keys does not count, at any depth', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, item]) => [key, reversed(item)]),
    );
  };
  const properties = fc
    .dictionary(fc.string({ unit: 'grapheme-ascii' }), fc.jsonValue({ maxDepth: 3 }))
    .filter((value) => !/proto|constructor|\\u|[eE][+-]|\d{15}/.test(JSON.stringify(value)));
  fc.assert(
    fc.property(properties, (value) => {
      expect(fingerprint({ user_id: 'u', properties: reversed(value) })).toBe(
        fingerprint({ user_id: 'u', properties: value }),
      );
    }),
    { numRuns: 500, seed: 2 },
  );
});

test('canonical JSON keeps the value but for members that are null; of an array every place stays', () => {
  const withoutNulls = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(withoutNulls);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).filter(([, member]) => member !== null);
    return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
  };
  expect(canonicalJson({ a: { b: null }, c: [1, null, { d: null }], e: null })).toBe('{"a":{},"c":[1,null,{}]}');
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      // JSON writes -0 as 0.
      expect(JSON.parse(canonicalJson(value))).toEqual(withoutNulls(JSON.parse(JSON.stringify(value))));
    }),
    { seed: 3 },
  );
});

test('erased counts as the same; of another version, or with synonyms, the stored fact must tell', () => {
  const a = fingerprint(sale);
  const b = fingerprint({ ...sale, coupon: 'B' });
  const olderVersion = (b & ((1n << 56n) - 1n)) | (1n << 56n);
  expect([
    sameFingerprint(a, a, false),
    sameFingerprint(a, b, false),
    sameFingerprint(null, b, false),
    sameFingerprint(a, null, false),
    sameFingerprint(olderVersion, a, false),
    sameFingerprint(a, a, true),
    sameFingerprint(a, b, true),
    sameFingerprint(null, b, true),
  ]).toEqual([true, false, true, true, null, true, null, true]);
  expect(BigInt.asIntN(64, a)).toBe(a);
  expect(a >> 56n).toBe(2n);
});
