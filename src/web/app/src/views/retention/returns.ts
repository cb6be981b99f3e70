import type { Retention } from '../../../../../funnels/application/answers/retention.answer.js';

type Cohort = Retention['cohorts'][number];

export interface Returned {
  readonly users: number;
  /** The users of the cohorts for which that interval is over. */
  readonly of: number;
  /** Percent; null: it is over for nobody. */
  readonly share: number | null;
}

/** The users of all cohorts together who came back so many intervals later. */
export function returnedAfter(cohorts: readonly Cohort[], interval: number): Returned {
  let [users, of] = [0, 0];
  for (const cohort of cohorts) {
    const then = cohort.returns[interval - 1];
    if (then?.users == null) continue;
    users += then.users;
    of += cohort.users;
  }
  return { users, of, share: of === 0 ? null : (users / of) * 100 };
}

/** The first cohorts without users are left out, because there is nothing to read in them. */
export function sinceFirst(cohorts: readonly Cohort[]): readonly Cohort[] {
  const first = cohorts.findIndex(({ users }) => users > 0);
  return first < 0 ? [] : cohorts.slice(first);
}

/** How much of the accent a cell has at most: text on it stays legible in both themes. */
const DARKEST = 50;

/** Percent of the accent behind a share. @param most the largest share of the grid */
export const shadeOf = (share: number, most: number): number => (most === 0 ? 0 : Math.round((share / most) * DARKEST));

/** The largest share of the grid. */
export const largestShare = (cohorts: readonly Cohort[]): number =>
  Math.max(0, ...cohorts.flatMap(({ returns }) => returns.map(({ share }) => share ?? 0)));
