import { Injectable } from '@nestjs/common';
import { LastSeenBounds } from '../../../events/domain/counts/storage-bounds.js';
import { planFacts } from '../../../events/domain/counts/window-plan.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { Database } from '../../../platform/postgres/database.js';
import { type FunnelCounts, type FunnelQuestion, FunnelReader } from '../../application/funnel-reader.port.js';
import { funnel } from './funnel.sql.js';
import { halfOf, readChains } from './read-chains.js';

interface FunnelRow {
  readonly counts: readonly number[];
  /** Median and p90 of each step but the first one. */
  readonly times: readonly (readonly [number | null, number | null])[];
  readonly maturing: number;
  readonly excluded: number;
  readonly retention_floor: number;
  readonly fine_horizon: number;
}

@Injectable()
export class PostgresFunnelReader extends FunnelReader {
  private readonly bounds = new LastSeenBounds();

  constructor(private readonly database: Database) {
    super();
  }

  /**
   * Facts below the floor may be deleted at this moment, so they are left out. If the floor has moved meanwhile, the
   * question is asked again.
   */
  async count(
    question: FunnelQuestion,
    window: TimeRange,
    matureBefore: number,
    signal?: AbortSignal,
  ): Promise<FunnelCounts> {
    const instead = { field: 'from', shorter: halfOf(window) } as const;
    const { plan, answer } = await this.bounds.ask(
      (known) => planFacts(window, known),
      async ({ covered }) => {
        const statement = funnel(question, covered, matureBefore);
        const [row] = await readChains<FunnelRow>(this.database, statement, instead, signal);
        if (!row) throw new Error('storage_bounds holds no row');
        return { bounds: { retentionFloor: row.retention_floor, fineHorizon: row.fine_horizon }, answer: row };
      },
    );
    return {
      steps: answer.counts.map((count, n) => ({
        count,
        median: answer.times[n - 1]?.[0] ?? null,
        p90: answer.times[n - 1]?.[1] ?? null,
      })),
      excluded: answer.excluded,
      maturing: answer.maturing,
      window: plan.covered,
      exact: plan.exact,
    };
  }
}
