import type { Random } from '../../faults/random.js';

const DAY = 86_400_000;
const long = (length: number, unit = 'x') => unit.repeat(length);

/** Texts that something between a producer and a column may take for something else. */
const TEXTS = [
  '',
  ' ',
  'null',
  '0',
  '-1',
  'NaN',
  'Infinity',
  'true',
  '😀',
  'e\u0301',
  'ñandú 用户 ١٢٣',
  '\ufeff',
  '\ufffd',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udc00y',
  '\u2028',
  "'; drop table events; --",
  '\\u0000',
  '"',
  '[{',
  long(64),
  long(65),
  long(128, '😀'),
  long(129),
  long(255, 'é'),
  long(256),
];

const ANYTHING: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  1,
  -1,
  0.1,
  1e21,
  1e-7,
  2 ** 53 - 1,
  1e308,
  [],
  {},
  [1, [2]],
  { a: null },
  { a: 1, b: null, c: [null, { d: null }] },
];

const URLS = [
  '/',
  '/a b',
  'albums',
  'https:',
  'https://x',
  '//x',
  'mailto:a@b',
  `/${long(2047)}`,
  `/${long(2048)}`,
  '/ñ?q=1#😀',
];
const FRACTIONS = [0, 1, -0, 0.5, 1.0001, -0.0001, 1e-300, '0.5', 2];
const PIXELS = [0, -0.5, 1_000_000, 1_000_000.5, 1439.9, '1440', 1e7];
const AMOUNTS = [
  '0',
  '-0.00',
  '19.90',
  '0019.9',
  19.9,
  0.00001,
  1e-7,
  1e11,
  '99999999999.9999',
  '100000000000',
  -0.01,
  -99,
  '-0.0001',
  '-5',
  '1e3',
  '19,90',
  ' 5 ',
  '.5',
  '+5',
  '0x10',
  '٣',
];
const TIMES = [
  '2026-02-30T10:00:00Z',
  '2026-03-01T10:00:00',
  '2026-03-01t09:58:20.123z',
  '2026-03-01T09:58:20.123999+05:30',
  '2026-03-01T09:58:20-00:00',
  '2024-02-29T00:00:00Z',
  '2026-03-01T23:59:60Z',
  '2026-03-01',
  'now',
  'infinity',
  '1',
  '',
  '0000-12-31T23:59:59Z',
  '9999-12-31T23:59:59-00:01',
  '2026-03-01T10:00:00Z\n',
  -1,
  0,
  1_772_359_100,
  1_772_359_100_123.9,
  1e300,
];

/** Values near the edges of the fields that have edges. */
const BY_FIELD: Readonly<Record<string, readonly unknown[]>> = {
  event_type: ['click', 'conversion', 'sale', 'Click', 'ConversionRequested', '', 3],
  event_id: ['0199C1A4-7D2E-7C3B-9A51-3F0F6A1B2C3D', '{0199c1a4-7d2e-7c3b-9a51-3f0f6a1b2c3d}', 'order-1', 17],
  url: URLS,
  page_url: URLS,
  x: FRACTIONS,
  y: FRACTIONS,
  viewport_width: PIXELS,
  viewport_height: PIXELS,
  scroll_y: PIXELS,
  user_agent: [long(1024), long(1025), ''],
  reaction: ['cheers', 'hate', 'love', ''],
  conversion_type: ['signup', '', long(64), long(65)],
  amount: AMOUNTS,
  currency: ['EUR', 'eur', 'QQQ', 'XXX', 'EURO', ''],
  timestamp: TIMES,
  interaction: ['view', 'scroll', 'View', 'tap', ''],
  view_id: ['v-1', long(64, '😀'), long(65), '', 7],
  scroll_depth: [0, 1, 0.75, -0, 1.0001, 75, '0.5', 1e-300],
  document_width: PIXELS,
  document_height: PIXELS,
  target: [
    { selector: '#buy', x: 0.5, y: 1, fixed: false },
    { fixed: true, selector: null },
    { selector: long(1025) },
    { x: 0.5 },
    { text: 'Buy', selector: '#buy' },
    'x',
    {},
  ],
};
export const FIELDS = [...Object.keys(BY_FIELD), 'user_id', 'session_id'];
/** Fields that only events of the type have. */
export const OF_TYPE = {
  click: ['x', 'y', 'reaction', 'scroll_y', 'interaction', 'view_id', 'scroll_depth', 'document_width', 'target'],
  conversion: ['conversion_type'],
  sale: ['amount', 'amount', 'currency'],
} as const;

/** Most often a value at the edges of the field's own range. */
export function oddValue(random: Random, field: string, receivedAt: number): unknown {
  const own = BY_FIELD[field];
  if (field === 'timestamp' && random.next() < 0.4) return edgeOfAge(random, receivedAt);
  if (own && random.next() < 0.7) return random.pick(own);
  return random.next() < 0.6 ? random.pick(TEXTS) : random.pick(ANYTHING);
}

/** The bounds of the time of an event to the millisecond, one beyond, and far from them. */
function edgeOfAge(random: Random, receivedAt: number): number {
  const [earliest, latest] = [receivedAt - 400 * DAY, receivedAt + DAY];
  const inOtherUnits = [receivedAt / 1000, receivedAt * 1000, receivedAt * 1e6, earliest / 1000, (earliest - 1) / 1000];
  return random.pick([
    earliest,
    earliest - 1,
    latest,
    latest + 1,
    receivedAt + 400 * DAY,
    receivedAt - 2000 * DAY,
    ...inOtherUnits,
  ]);
}

/** Tokens that JSON.parse takes, changes or refuses. */
export const NUMBER_TOKENS = [
  '1e400',
  '1772359100123456789',
  '-1e400',
  '1e100000',
  '1e-400',
  '9007199254740993',
  '99.999999999999999999',
  '0.1e1',
  '1.0',
  '1E+2',
  '-0',
  '-0.0',
  '0.30000000000000004',
  '12345678901234567890',
  '5e-324',
  '007',
  '1.',
  '.5',
  '+1',
  '0x1F',
  'NaN',
  'Infinity',
  '--1',
];
