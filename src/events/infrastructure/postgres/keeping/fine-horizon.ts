import { Injectable } from '@nestjs/common';
import { Database } from '../../../../platform/postgres/database.js';
import { exclusiveTurn } from '../../../../platform/postgres/exclusive-turn.js';
import { DAY_MS } from '../../../domain/calendar.js';
import { QUARTER_HOUR_MS, startOfBucket } from '../../../domain/counts/count-buckets.js';
import { EVENTS_LOCKS } from '../../../events.locks.js';

/** Live bins, windows of 7 days and the 7 before them, and a day to spare. */
const KEPT_MS = 15 * DAY_MS;
const DELETED_AT_ONCE = 20_000;

/**
 * Keeps the counts per 2 seconds small. Below the horizon they are deleted, and windows take their edges from the facts. The
 * horizon is committed under the exclusive lock before a row is deleted. So no writer adds below it, and a reader always
 * sees the horizon that belongs to its figures.
 */
@Injectable()
export class FineHorizon {
  constructor(private readonly database: Database) {}

  /** @param now epoch milliseconds. @param stopping ends it early. @returns how many rows were deleted. */
  async advance(now: number, stopping?: AbortSignal): Promise<number> {
    const horizon = new Date(startOfBucket(now - KEPT_MS, QUARTER_HOUR_MS));
    await exclusiveTurn(
      this.database,
      EVENTS_LOCKS.recording,
      (client) => client.query('update storage_bounds set fine_horizon = $1 where fine_horizon < $1', [horizon]),
      stopping,
    );
    let deleted = 0;
    for (;;) {
      const { rowCount } = await this.database.writers().query(
        `delete from event_counts_2s where ctid = any (array(
           select ctid from event_counts_2s where bucket < (select fine_horizon from storage_bounds) limit $1))`,
        [DELETED_AT_ONCE],
      );
      deleted += rowCount ?? 0;
      if ((rowCount ?? 0) < DELETED_AT_ONCE || stopping?.aborted) return deleted;
    }
  }
}
