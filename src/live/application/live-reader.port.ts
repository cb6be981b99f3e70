import type { Snapshot } from '../domain/recent-bins.js';
import type { VoteTotals } from './answers/live.answer.js';

export interface Vote {
  readonly reaction: 'cheers' | 'hate';
  /** Epoch milliseconds. */
  readonly occurredAt: number;
}

/** Reads the counts that the recording transactions keep. */
export abstract class LiveReader {
  /** The bins of the last ten minutes, read in one statement. */
  abstract recentBins(): Promise<Snapshot>;
  /** @param since epoch milliseconds, not included; null: all votes */
  abstract totals(since: number | null): Promise<VoteTotals>;
  /** The votes of the last two minutes, oldest first. If there are too many, these are the newest of them. */
  abstract recentVotes(most: number): Promise<readonly Vote[]>;
}
