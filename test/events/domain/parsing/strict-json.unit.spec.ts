import fc from 'fast-check';
import { holdsExactly } from '../../../../src/events/domain/parsing/exact-number.js';
import { RejectedEvent } from '../../../../src/events/domain/rejection.js';
import { parseStrictJson } from '../../../../src/events/domain/parsing/strict-json.js';

function outcome(body: Buffer | string): unknown {
  try {
    return parseStrictJson(body);
  } catch (error) {
    if (error instanceof RejectedEvent) return error.reason;
    throw error;
  }
}

/** The exact value of a decimal numeral, as an integer and a power of ten without trailing zeros. */
function exactValue(numeral: string): string {
  const [, sign = '', integer = '', fraction = '', exponent = '0'] =
    /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(numeral) ?? [];
  let digits = BigInt(integer + fraction);
  if (digits === 0n) return '0';
  let power = Number(exponent) - fraction.length;
  for (; digits % 10n === 0n; digits /= 10n) power++;
  return `${sign}${digits}e${power}`;
}

const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength });
const numeral = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits(22).map((text) => text.replace(/^0+(?=.)/, '')),
    fc.option(digits(20)),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), fc.integer({ min: 0, max: 400 }))),
  )
  .map(([sign, integer, fraction, exponent]) => {
    return sign + integer + (fraction === null ? '' : `.${fraction}`) + (exponent === null ? '' : exponent.join(''));
  });

describe('numbers', () => {
  test('every accepted number keeps its exact decimal value', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(numeral, (text) => {
        const parsed = outcome(`{"n":${text}}`);
        if (parsed === 'number_range') {
          seen.refused++;
          return;
        }
        seen.accepted++;
        expect(exactValue(JSON.stringify((parsed as { n: number }).n))).toBe(exactValue(text));
      }),
      { numRuns: 5_000, seed: 17 },
    );
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(500);
  });

  test('what JavaScript prints is accepted, but for large integers of more than 15 digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = JSON.stringify(value);
        const magnitude = Math.abs(value);
        const largeId =
          magnitude > Number.MAX_SAFE_INTEGER &&
          magnitude < 1e21 &&
          exactValue(text).split('e')[0]!.replace('-', '').length > 15;
        const tiny = magnitude > 0 && magnitude < 1e-308;
        expect(outcome(`{"n":${text}}`)).toEqual(largeId || tiny ? 'number_range' : { n: value + 0 });
      }),
      { numRuns: 5_000, seed: 18 },
    );
  });

  test('the verdict depends on the value, not on the notation', () => {
    fc.assert(
      fc.property(digits(25), fc.integer({ min: 1, max: 20 }), (integer, zeros) => {
        const plain = integer.replace(/^0+(?=.)/, '');
        const verdict = holdsExactly(plain);
        expect(holdsExactly(`${plain}.${'0'.repeat(zeros)}`)).toBe(verdict);
        expect(holdsExactly(`${plain}e0`)).toBe(verdict);
        expect(holdsExactly(`-${plain}`)).toBe(verdict);
        expect(holdsExactly(`${plain}${'0'.repeat(zeros)}e-${zeros}`)).toBe(verdict);
      }),
      { seed: 19 },
    );
  });

  test.each([
    ['0', true],
    ['-0', true],
    ['0e308', true],
    ['0e309', false],
    ['0.1', true],
    ['123456789012345', true],
    ['1234567890123456', true],
    ['9007199254740991', true],
    ['9007199254740992', false],
    ['9007199254740993', false],
    ['9007199254740993.0', false],
    ['9.007199254740993e15', false],
    ['18446744073709551615', false],
    ['100000000000000000000', true],
    ['1e20', true],
    ['1.7976931348623157e308', true],
    ['1.8e308', false],
    ['1e309', false],
    ['1e-308', true],
    ['1e-309', false],
    ['0.1e-308', false],
    ['5e-324', false],
    ['0.000000000000000000000000000000001', true],
    ['0.10000000000000001', false],
    ['0.1000000000000000055511151231257827', false],
  ])('%s: %s', (token, held) => {
    expect(holdsExactly(token)).toBe(held);
    expect(outcome(`{"n":${token}}`) === 'number_range').toBe(!held);
  });
});

describe('agreement with JSON.parse', () => {
  const json = fc.json({ maxDepth: 6 });

  test('what is accepted is what JSON.parse gives', () => {
    let accepted = 0;
    fc.assert(
      fc.property(json, (inner) => {
        const text = `{"a":${inner}}`;
        const parsed = outcome(text);
        if (typeof parsed === 'string') {
          expect(['number_range', 'forbidden_key', 'nul_char', 'lone_surrogate']).toContain(parsed);
          return;
        }
        accepted++;
        expect(parsed).toEqual(JSON.parse(text));
        expect(outcome(Buffer.from(text))).toEqual(parsed);
      }),
      { numRuns: 2_000, seed: 20 },
    );
    expect(accepted).toBeGreaterThan(1_000);
  });

  test('any text at all ends in a value or a reason', () => {
    const soup = fc.string({
      unit: fc.constantFrom(...'{}[]",:\\u0e1-.9 \n', '"a"', '\\"', '{"a":', '\ud800'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(soup, (text) => {
        const parsed = outcome(text);
        if (typeof parsed !== 'string') expect(parsed).toEqual(JSON.parse(text));
        else if (parsed === 'not_json') expect(() => objectFrom(text)).toThrow();
      }),
      { numRuns: 20_000, seed: 21 },
    );
  });

  test('any bytes: not UTF-8 exactly when a strict decoder refuses them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const body = Buffer.concat([Buffer.from('{"a":"'), bytes, Buffer.from('"}')]);
        const lossless = Buffer.from(body.toString('utf8')).equals(body);
        expect(outcome(body) === 'not_utf8').toBe(!lossless);
      }),
      { numRuns: 5_000, seed: 22 },
    );
  });
});

/** JSON.parse, with the one demand more that the value is an object. */
function objectFrom(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('no object');
  return value;
}

test('quotes behind any number of backslashes', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('\\', '"', '{', '1e400', 'a'), maxLength: 30 }), (text) => {
      expect(outcome(JSON.stringify({ a: text }))).toEqual({ a: text });
    }),
    { numRuns: 2_000, seed: 23 },
  );
});

/** By processor time, which neighbours on the machine do not change: quadratic work on such a text takes a minute. */
const LINEAR_WORK_US = 10_000_000;

test('hostile texts of 256 kB take time in proportion to their length', () => {
  const size = 250_000;
  for (const text of [
    '"'.repeat(size),
    '\\"'.repeat(size / 2),
    '['.repeat(size),
    '1'.repeat(size),
    '-'.repeat(size),
    `"${'\\'.repeat(size)}`,
    '1e9,'.repeat(size / 4),
  ]) {
    const before = process.cpuUsage();
    expect(typeof outcome(text)).toBe('string');
    expect(process.cpuUsage(before).user).toBeLessThan(LINEAR_WORK_US);
  }
});
