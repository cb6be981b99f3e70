import type { Verdict } from '../../events/domain/verdict.js';

/** Counts what became of another region's facts; each counts once. */
export interface MergeTally {
  /** Recorded now. */
  readonly merged: number;
  /** Recorded here before. */
  readonly known: number;
  /** The same event was recorded here for another time, because its sender stamped it anew when it sent it again. */
  readonly restamped: number;
  /** Another content was recorded here before under the same identity. */
  readonly conflicts: number;
  /** They happened before what this region keeps. */
  readonly below_floor: number;
  /** Today's rules refuse them. */
  readonly rejected: number;
}

export type MergeOutcome = keyof MergeTally;

export const NOTHING_MERGED: MergeTally = {
  merged: 0,
  known: 0,
  restamped: 0,
  conflicts: 0,
  below_floor: 0,
  rejected: 0,
};

export function outcomeOf(verdict: Verdict): MergeOutcome {
  switch (verdict.status) {
    case 'recorded':
      return 'merged';
    case 'duplicate':
      return verdict.restamped ? 'restamped' : 'known';
    case 'rejected':
      if (verdict.reason === 'id_conflict') return 'conflicts';
      return verdict.reason === 'too_old' ? 'below_floor' : 'rejected';
  }
}

export function tallied(tally: MergeTally, outcomes: Iterable<MergeOutcome>): MergeTally {
  const sum = { ...tally };
  for (const outcome of outcomes) sum[outcome] += 1;
  return sum;
}
