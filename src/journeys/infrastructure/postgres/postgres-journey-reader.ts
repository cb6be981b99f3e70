import { Injectable } from '@nestjs/common';
import type { QueryConfig } from 'pg';
import { RangeTooLong } from '../../../events/domain/counts/range-too-long.js';
import { LastSeenBounds, type StorageBounds } from '../../../events/domain/counts/storage-bounds.js';
import { TimeRange } from '../../../events/domain/time-range.js';
import { Database } from '../../../platform/postgres/database.js';
import { tookTooLong } from '../../../platform/postgres/sql-state.js';
import type { JourneySummary } from '../../application/answers/journey.answer.js';
import {
  type JourneyPage,
  type JourneyPlace,
  JourneyReader,
  type Kept,
  type Room,
  type WholeJourney,
} from '../../application/journey-reader.port.js';
import {
  type BoundsRow,
  bytesOf,
  holdsEvent,
  momentOf,
  type MomentRow,
  type PlacedRow,
  placeOf,
  sessionsOf,
  type SummaryRow,
} from './journey-row.js';
import { firstEvents, journeyPage } from './journey.sql.js';

type Rows<Row> = readonly [Row, ...Row[]];

@Injectable()
export class PostgresJourneyReader extends JourneyReader {
  private readonly bounds = new LastSeenBounds();

  constructor(private readonly database: Database) {
    super();
  }

  async whole(userId: string, asked: TimeRange, { limit, bytes }: Room, signal?: AbortSignal): Promise<WholeJourney> {
    const { rows, ...kept } = await this.above(asked, (range) =>
      this.rows<BoundsRow>(firstEvents(userId, range, limit + 1), 'fast', signal),
    );
    const events = rows.filter(holdsEvent<MomentRow>);
    const fits = events.length <= limit && bytesOf(events) <= bytes;
    return { ...kept, moments: fits ? events.map(momentOf) : null };
  }

  async page(
    userId: string,
    asked: TimeRange,
    after: JourneyPlace | null,
    { limit, bytes }: Room,
    signal?: AbortSignal,
  ): Promise<JourneyPage> {
    // This is a slow statement: it uses an index, but takes as long as the person has events.
    const { rows, ...kept } = await this.above(asked, (range) =>
      this.rows<SummaryRow>(journeyPage(userId, range, after, { limit, bytes }), 'slow', signal),
    );
    const shown = rows.filter(holdsEvent<PlacedRow>).slice(0, limit);
    const last = shown.at(-1);
    return {
      ...kept,
      summary: JSON.parse(rows[0].summary!) as JourneySummary,
      sessions: sessionsOf(shown, after),
      last: last && last.found > shown.length ? placeOf(last) : null,
    };
  }

  /** Asks above the retention floor: facts below it may be deleted at this moment, so they are left out. */
  private async above<Row extends BoundsRow>(
    asked: TimeRange,
    put: (range: TimeRange) => Promise<Rows<Row>>,
  ): Promise<Kept & { readonly rows: Rows<Row> }> {
    const { plan, answer: rows } = await this.bounds.ask(
      ({ retentionFloor }) => cut(asked, retentionFloor),
      async ({ start, end }) => {
        const answer = await put(TimeRange.halfOpen(start, end));
        return { bounds: boundsOf(answer[0]), answer };
      },
    );
    const begins = Number.isFinite(asked.start);
    return {
      rows,
      // A client that set no beginning asked for all that is kept, and this is all of it.
      range: begins ? TimeRange.halfOpen(plan.start, plan.end) : asked,
      exact: !begins || plan.start === asked.start,
    };
  }

  private async rows<Row extends BoundsRow>(
    statement: QueryConfig,
    pace: 'fast' | 'slow',
    signal?: AbortSignal,
  ): Promise<Rows<Row>> {
    try {
      const [row, ...others] = await this.database.read<Row>(statement, signal, pace);
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

const boundsOf = (first: BoundsRow): StorageBounds => ({
  retentionFloor: first.retention_floor!,
  fineHorizon: first.fine_horizon!,
});

const cut = ({ start, end }: TimeRange, retentionFloor: number) => ({
  start: Math.max(start, retentionFloor),
  end: Math.max(end, retentionFloor),
});
