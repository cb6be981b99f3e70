import { Injectable } from '@nestjs/common';
import { LastSeenBounds } from '../../../events/domain/counts/storage-bounds.js';
import { planFacts } from '../../../events/domain/counts/window-plan.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { Database } from '../../../platform/postgres/database.js';
import { type CohortCount, type CohortCounts, RetentionReader } from '../../application/retention-reader.port.js';
import { halfOf, readChains } from './read-chains.js';
import { retention } from './retention.sql.js';

interface RetentionRow {
  readonly counts: readonly CohortCount[];
  readonly retention_floor: number;
  readonly fine_horizon: number;
}

@Injectable()
export class PostgresRetentionReader extends RetentionReader {
  private readonly bounds = new LastSeenBounds();

  constructor(private readonly database: Database) {
    super();
  }

  async count(window: TimeRange, starts: readonly number[], signal?: AbortSignal): Promise<CohortCounts> {
    const instead = { field: 'from', shorter: halfOf(window) } as const;
    const { plan, answer } = await this.bounds.ask(
      (known) => ({ ...planFacts(window, known), floor: known.retentionFloor }),
      async ({ covered, floor }) => {
        const statement = retention(covered, starts, floor);
        const [row] = await readChains<RetentionRow>(this.database, statement, instead, signal);
        if (!row) throw new Error('storage_bounds holds no row');
        return { bounds: { retentionFloor: row.retention_floor, fineHorizon: row.fine_horizon }, answer: row };
      },
    );
    return { counts: answer.counts, window: plan.covered, exact: plan.exact };
  }
}
