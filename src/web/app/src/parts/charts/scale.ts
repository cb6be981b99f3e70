/** An axis is lined at every quarter of its height, so that two axes share their lines. */
export const QUARTERS = [0, 1, 2, 3, 4] as const;

const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/** The top of an axis where nothing is above 0. */
const LEAST = { whole: 4, broken: 1 };

/** The least round number whose quarters are round too. @param whole quarters are whole numbers: what is counted has no half */
export function ceilingOf(most: number, whole: boolean): number {
  const least = whole ? LEAST.whole : LEAST.broken;
  const enough = (Number.isFinite(most) ? Math.max(most, least) : least) / 4;
  for (let unit = 10 ** Math.floor(Math.log10(enough)); ; unit *= 10) {
    for (const step of STEPS) {
      const quarter = Number((step * unit).toPrecision(3));
      if (quarter >= enough && (!whole || Number.isInteger(quarter))) return quarter * 4;
    }
  }
}
