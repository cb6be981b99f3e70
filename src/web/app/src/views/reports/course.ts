import type { Point } from '../../../../../metrics/application/answers/timeseries.answer.js';

export const SHOWN = ['total_clicks', 'total_conversions', 'total_sales', 'conversion_rate'] as const;
export type Shown = (typeof SHOWN)[number];

/** One part of the window, and the part in the same place of the one before. */
export interface Pair {
  /** Its begin, RFC 3339. */
  readonly time: string;
  readonly now: number | null;
  /** Null: the one before has no such part, as a 31st. */
  readonly before: number | null;
}

/** The hours of a day, or the days of a week or month, each beside that of the period before. Without clicks there is no rate. */
export function pairsOf(field: Shown, points: readonly Point[], before: readonly Point[]): readonly Pair[] {
  const value = (point: Point | undefined): number | null => {
    if (point === undefined || (field === 'conversion_rate' && point.total_clicks === 0)) return null;
    return point[field];
  };
  return points.map((point, place) => ({ time: point.time, now: value(point), before: value(before[place]) }));
}

/** At most so many parts have their name below. */
const MOST_NAMED = 8;

/** Which of so many parts are named: every one, or every second, …: the first always. */
export function isNamed(place: number, parts: number): boolean {
  const step = [1, 2, 3, 4, 6, 7, 8, 12].find((every) => parts / every <= MOST_NAMED) ?? 12;
  return place % step === 0;
}
