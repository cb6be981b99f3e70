const SMALLEST_EXPONENT = -2;
/** Amounts lie below 10¹¹. */
const LARGEST_EXPONENT = 10;

/** The bounds of the histogram of amounts: 0, then 1, 2 and 5 of each power of ten from 0.01 to 50,000,000,000; about the same on a logarithmic scale. */
export const AMOUNT_BOUNDS: readonly string[] = [
  '0.00',
  ...Array.from({ length: LARGEST_EXPONENT - SMALLEST_EXPONENT + 1 }, (_, n) => n + SMALLEST_EXPONENT).flatMap(
    (exponent) => [1, 2, 5].map((step) => decimal(step, exponent)),
  ),
];

function decimal(step: number, exponent: number): string {
  return exponent < 0
    ? `0.${String(step).padStart(-exponent, '0').padEnd(2, '0')}`
    : `${step}${'0'.repeat(exponent)}.00`;
}
