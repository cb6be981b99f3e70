import { Injectable } from '@nestjs/common';
import { RangeTooLong } from '../../../events/domain/counts/range-too-long.js';
import { LastSeenBounds } from '../../../events/domain/counts/storage-bounds.js';
import { TimeRange } from '../../../events/domain/time-range.js';
import { Database } from '../../../platform/postgres/database.js';
import { tookTooLong } from '../../../platform/postgres/sql-state.js';
import type { JourneySummary } from '../../application/answers/journey.answer.js';
import { type JourneyPage, type JourneyPlace, JourneyReader } from '../../application/journey-reader.port.js';
import { holdsEvent, type JourneyRow, placedEvent } from './journey-row.js';
import { journeyPage } from './journey.sql.js';

@Injectable()
export class PostgresJourneyReader extends JourneyReader {
  private readonly bounds = new LastSeenBounds();

  constructor(private readonly database: Database) {
    super();
  }

  async page(
    userId: string,
    range: TimeRange,
    after: JourneyPlace | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<JourneyPage> {
    const { plan, answer } = await this.bounds.ask(
      ({ retentionFloor }) => cut(range, retentionFloor),
      async ({ start, end }) => {
        const rows = await this.rows(userId, TimeRange.halfOpen(start, end), after, limit, signal);
        const { retention_floor: retentionFloor, fine_horizon: fineHorizon, summary } = rows[0];
        const answer = {
          summary: JSON.parse(summary!) as JourneySummary,
          events: rows.filter(holdsEvent).map(placedEvent),
        };
        return { bounds: { retentionFloor, fineHorizon }, answer };
      },
    );
    return {
      summary: answer.summary,
      events: answer.events.slice(0, limit),
      follows: answer.events.length > limit,
      // A client that set no beginning asked for all that is kept, and this is all of it.
      range: Number.isFinite(range.start) ? TimeRange.halfOpen(plan.start, plan.end) : range,
      exact: !Number.isFinite(range.start) || plan.start === range.start,
    };
  }

  /** This is a slow statement: it uses an index, but takes as long as the person has events. */
  private async rows(
    userId: string,
    range: TimeRange,
    after: JourneyPlace | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<[JourneyRow, ...JourneyRow[]]> {
    try {
      const statement = journeyPage(userId, range, after, limit);
      const [row, ...others] = await this.database.read<JourneyRow>(statement, signal, 'slow');
      if (!row) throw new Error('storage_bounds holds no row');
      return [row, ...others];
    } catch (error) {
      if (!tookTooLong(error)) throw error;
      throw new RangeTooLong(
        'from',
        'holds more events of this person than can be put in order in the time that a read may take: give from and to, a week apart or less',
      );
    }
  }
}

/** Facts below the floor may be deleted at this moment, so they are left out. */
const cut = ({ start, end }: TimeRange, retentionFloor: number) => ({
  start: Math.max(start, retentionFloor),
  end: Math.max(end, retentionFloor),
});
