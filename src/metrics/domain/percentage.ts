/** part ÷ whole × 100, rounded half up to two decimals; 0 where there is no whole. Exact for counts below 10¹¹. */
export function percentage(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part * 10_000) / whole) / 100;
}
