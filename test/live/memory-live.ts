import { LiveReader, type Vote } from '../../src/live/application/live-reader.port.js';
import type { LiveBin } from '../../src/live/domain/live-bin.js';
import type { Snapshot } from '../../src/live/domain/recent-bins.js';

/** Counts that a test puts there. */
export class MemoryLive extends LiveReader {
  bins: LiveBin[] = [];
  /** Oldest first. */
  votes: Vote[] = [];
  /** How often something was read. */
  readings = 0;

  constructor(readonly now: number) {
    super();
  }

  recentBins(): Promise<Snapshot> {
    this.readings += 1;
    return Promise.resolve({ now: this.now, bins: this.bins });
  }

  totals(since: number | null): Promise<{ cheers: number; hate: number }> {
    const counted = this.votes.filter(({ occurredAt }) => since === null || occurredAt > since);
    const cheers = counted.filter(({ reaction }) => reaction === 'cheers').length;
    return Promise.resolve({ cheers, hate: counted.length - cheers });
  }

  recentVotes(most: number): Promise<readonly Vote[]> {
    return Promise.resolve(this.votes.slice(-most));
  }
}
