import { Injectable } from '@nestjs/common';
import { QUARTER_HOUR_MS, startOfBucket } from '../../../events/domain/counts/count-buckets.js';
import { Database } from '../../../platform/postgres/database.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import type { VoteTotals } from '../../application/answers/live.answer.js';
import { LiveReader, type Vote } from '../../application/live-reader.port.js';
import { BIN_MS, type LiveBin } from '../../domain/live-bin.js';
import type { Snapshot } from '../../domain/recent-bins.js';
import { RECENT_BINS, RECENT_VOTES, TOTALS, TOTALS_SINCE } from './live.sql.js';

type BinRow = { readonly now: number } & (LiveBin | { readonly start: null });

@Injectable()
export class PostgresLiveReader extends LiveReader {
  constructor(private readonly database: Database) {
    super();
  }

  async recentBins(): Promise<Snapshot> {
    const rows = await this.database.read<BinRow>({ name: 'live-bins', text: RECENT_BINS });
    const bins = rows.flatMap(({ now: _, ...bin }) => (bin.start === null ? [] : [bin]));
    return { now: Math.floor(rows[0]!.now), bins };
  }

  async totals(since: number | null): Promise<VoteTotals> {
    const [totals] = await this.database.read<{ cheers: number; hate: number }>(
      since === null
        ? { name: 'vote-totals', text: TOTALS }
        : {
            text: TOTALS_SINCE,
            values: [since, firstAfter(since, BIN_MS), firstAfter(since, QUARTER_HOUR_MS)].map(timestamp),
          },
    );
    return totals!;
  }

  async recentVotes(most: number): Promise<readonly Vote[]> {
    const votes = await this.database.read<Vote & Record<string, unknown>>({
      name: 'recent-votes',
      text: RECENT_VOTES,
      values: [most],
    });
    return votes.reverse();
  }
}

/** The start of the first bucket that holds only later moments. */
const firstAfter = (at: number, bucketMs: number): number => startOfBucket(at, bucketMs) + bucketMs;
