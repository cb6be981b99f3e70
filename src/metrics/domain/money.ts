/** Amounts are exact: they are counted in ten-thousandths, because an amount has at most four decimals. */
const SCALE = 10_000n;

/** `"19.9"` → 199000n. @param decimal as PostgreSQL writes a numeric, with at most four decimals that are not zero. */
export function tenThousandths(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole) * SCALE + BigInt(fraction.slice(0, 4).padEnd(4, '0'));
}

/** 199000n → `"19.90"`: two decimals, up to four where they are not zero. */
export function money(amount: bigint): string {
  const sign = amount < 0n ? '-' : '';
  const positive = amount < 0n ? -amount : amount;
  const fraction = String(positive % SCALE)
    .padStart(4, '0')
    .replace(/0{1,2}$/, '');
  return `${sign}${positive / SCALE}.${fraction}`;
}

/** `total` ÷ `count`, half up to four decimals; null where there is nothing to divide by. */
export function average(total: bigint, count: number): bigint | null {
  const by = BigInt(count);
  return count === 0 ? null : (2n * total + by) / (2n * by);
}
