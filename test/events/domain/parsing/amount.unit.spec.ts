import fc from 'fast-check';
import { canonicalAmount } from '../../../../src/events/domain/parsing/amount.js';
import { CURRENCIES } from '../../../../src/events/domain/currencies.js';

const units = fc.bigInt({ min: 0n, max: 999_999_999_999_999n });

test('every amount of the range survives exactly, as a text and as a number, with and without needless zeros', () => {
  fc.assert(
    fc.property(units, fc.nat(5), fc.nat(5), (tenThousandths, leading, trailing) => {
      const text = `${tenThousandths / 10_000n}.${String(tenThousandths % 10_000n).padStart(4, '0')}`;
      const canonical = canonicalAmount(text);
      expect(canonicalAmount('0'.repeat(leading) + text + '0'.repeat(trailing))).toBe(canonical);
      expect(canonicalAmount(Number(text))).toBe(canonical);
      expect(canonicalAmount(canonical)).toBe(canonical);
      const [integer = '', decimals = ''] = canonical.split('.');
      expect(BigInt(integer + decimals.padEnd(4, '0'))).toBe(tenThousandths);
    }),
    { numRuns: 5_000, seed: 1 },
  );
});

test('a currency is three capitals, and XXX is one', () => {
  for (const code of CURRENCIES) expect(code).toMatch(/^[A-Z]{3}$/);
  for (const code of ['XXX', 'EUR', 'USD', 'MXN', 'XAU']) expect(CURRENCIES.has(code)).toBe(true);
});
