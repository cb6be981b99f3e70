import type { QueryConfig, QueryResultRow } from 'pg';
import { HOUR_MS } from '../../../events/domain/calendar.js';
import { RangeTooLong } from '../../../events/domain/counts/range-too-long.js';
import { LastSeenBounds } from '../../../events/domain/counts/storage-bounds.js';
import { planFacts } from '../../../events/domain/counts/window-plan.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import type { Database } from '../../../platform/postgres/database.js';
import { tookTooLong } from '../../../platform/postgres/sql-state.js';
import type { Counted } from '../../application/heatmap-reader.port.js';
import { type BoundsRow, boundsOf } from './storage-bounds.sql.js';

export interface Asking {
  readonly signal?: AbortSignal | undefined;
  readonly pace?: 'fast' | 'slow';
}

/** Puts questions to the facts, each by one statement whose rows also say the bounds of its snapshot. */
export class FactsQuestions {
  private readonly bounds = new LastSeenBounds();

  constructor(private readonly database: Database) {}

  /**
   * Facts below the floor may be deleted at this moment, so they are left out. If the floor has moved meanwhile, the
   * question is asked again.
   *
   * @param statement answers with at least one row
   * @throws {RangeTooLong}
   */
  async ask<Row extends object>(
    window: TimeRange,
    statement: (kept: TimeRange) => QueryConfig,
    { signal, pace = 'slow' }: Asking,
  ): Promise<Counted<readonly Row[]>> {
    const { plan, answer } = await this.bounds.ask(
      (known) => planFacts(window, known),
      async ({ covered }) => {
        const rows = await this.inTime<Row & { bounds: BoundsRow }>(statement(covered), window, signal, pace);
        return { bounds: boundsOf(rows[0]?.bounds), answer: rows };
      },
    );
    return { result: answer, window: plan.covered, exact: plan.exact };
  }

  /** @throws {RangeTooLong} past the time-out of reads. It proposes half the window, because the cost grows with the events in it */
  private async inTime<Row extends QueryResultRow>(
    statement: QueryConfig,
    { start, end }: TimeRange,
    signal: AbortSignal | undefined,
    pace: 'fast' | 'slow',
  ): Promise<Row[]> {
    try {
      return await this.database.read<Row>(statement, signal, pace);
    } catch (error) {
      if (!tookTooLong(error)) throw error;
      const half = (end - start) / 2;
      const shorter = !Number.isFinite(half)
        ? 'a period'
        : half >= HOUR_MS
          ? `${Math.floor(half / HOUR_MS)} h or less`
          : `${Math.max(1, Math.floor(half / 60_000))} min or less`;
      throw new RangeTooLong(
        'from',
        `holds more clicks and views than can be counted one by one in the time that a read may take: ask for ${shorter}`,
      );
    }
  }
}
