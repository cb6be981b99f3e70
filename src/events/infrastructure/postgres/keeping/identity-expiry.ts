import { Injectable } from '@nestjs/common';
import { Config } from '../../../../platform/config/config.js';
import { Database } from '../../../../platform/postgres/database.js';
import { timestamp } from '../../../../platform/postgres/timestamp.js';
import { DAY_MS } from '../../../domain/calendar.js';
import { EVENTS_VARIABLES } from '../../../events.variables.js';

/** 4 MB of the table, about 50,000 rows: what one statement looks at. */
const BLOCKS_AT_ONCE = 512;

const IDENTITY_FLOOR = `select (extract(epoch from identity_floor) * 1000)::float8 as floor from storage_bounds`;

const BLOCKS = `
select (pg_relation_size('event_identity') / current_setting('block_size')::int)::float8 as blocks`;

/** It goes by place in the table (a TID range scan), because every event recorded would pay for an index on occurred_at. */
const DELETE_IN_BLOCKS = `
delete from event_identity where ctid >= $1::tid and ctid < $2::tid and occurred_at < $3`;

/**
 * Identities outlive the facts by MAX_EVENT_AGE_DAYS, so that a late copy is still known. Then they are deleted, in one pass
 * over the table each time the floor has moved, which is once a week. A pass that was interrupted begins again.
 */
@Injectable()
export class IdentityExpiry {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /** @param floor of retention, committed, epoch milliseconds. @returns how many were deleted. */
  async expireBelow(floor: number, stopping: AbortSignal): Promise<number> {
    const wanted = floor - this.config.of(EVENTS_VARIABLES).MAX_EVENT_AGE_DAYS * DAY_MS;
    const writers = this.database.writers();
    const { rows: floors } = await writers.query<{ floor: number }>(IDENTITY_FLOOR);
    if (wanted <= floors[0]!.floor) return 0;

    // Rows added meanwhile are above the floor.
    const { rows } = await writers.query<{ blocks: number }>(BLOCKS);
    let deleted = 0;
    for (let block = 0; block < rows[0]!.blocks; block += BLOCKS_AT_ONCE) {
      if (stopping.aborted) return deleted;
      const { rowCount } = await writers.query(DELETE_IN_BLOCKS, [
        `(${block},0)`,
        `(${block + BLOCKS_AT_ONCE},0)`,
        timestamp(wanted),
      ]);
      deleted += rowCount ?? 0;
    }
    await writers.query('update storage_bounds set identity_floor = $1 where identity_floor < $1', [timestamp(wanted)]);
    return deleted;
  }
}
