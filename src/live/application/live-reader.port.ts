import type { Snapshot } from '../domain/recent-bins.js';
import type { VoteTotals } from './answers/live.answer.js';

export interface Vote {
  readonly reaction: 'cheers' | 'hate';
  /** Epoch milliseconds. */
  readonly occurredAt: number;
}

/** The counts that the recording transactions keep. */
export abstract class LiveReader {
  /** The bins of the last ten minutes, in one statement. */
  abstract recentBins(): Promise<Snapshot>;
  /** @param since epoch milliseconds, not included; null: of all time */
  abstract totals(since: number | null): Promise<VoteTotals>;
  /** The votes of the last two minutes, oldest first; the newest of them where there are too many. */
  abstract recentVotes(most: number): Promise<readonly Vote[]>;
}
