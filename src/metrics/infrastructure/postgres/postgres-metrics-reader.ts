import { Injectable } from '@nestjs/common';
import type { EventType } from '../../../events/domain/incoming-event.js';
import { TimeRange } from '../../../events/domain/time-range.js';
import { Database } from '../../../platform/postgres/database.js';
import { type CountedWindow, MetricsReader, type WindowCounts } from '../../application/metrics-reader.port.js';
import { type MetricsFilter, needsFacts, NO_FILTER } from '../../domain/metrics-filter.js';
import { LastSeenBounds, type StorageBounds } from '../../../events/domain/counts/storage-bounds.js';
import { planFacts, planSeries, type WindowPlan } from '../../../events/domain/counts/window-plan.js';
import { type BoundsRow, boundsOf } from './storage-bounds.sql.js';
import { countWindows } from './count-windows.sql.js';
import { readFacts } from './read-facts.js';

interface CountRow extends BoundsRow {
  readonly counted_window: number;
  readonly bucket: number;
  readonly event_type: EventType | null;
  readonly label: string;
  readonly events: number;
  readonly amount: string;
  readonly unpriced: number;
}

@Injectable()
export class PostgresMetricsReader extends MetricsReader {
  private readonly bounds = new LastSeenBounds();

  constructor(private readonly database: Database) {
    super();
  }

  async count(
    windows: readonly CountedWindow[],
    filter: MetricsFilter = NO_FILTER,
    signal?: AbortSignal,
  ): Promise<readonly WindowCounts[]> {
    const { plan, bounds, answer } = await this.bounds.ask(
      (known) =>
        windows.map(({ range, cuts }) =>
          needsFacts(filter) ? planFacts(range, known) : planSeries(range, cuts, known),
        ),
      async (plans) => {
        const statement = countWindows(
          plans.map((one, index) => ({ plan: one, cuts: windows[index]!.cuts })),
          filter,
        );
        const rows = needsFacts(filter)
          ? await readFacts<CountRow>(this.database, statement, longest(windows), signal)
          : await this.database.read<CountRow>(statement, signal);
        return { bounds: boundsOf(rows[0]), answer: rows };
      },
    );
    return plan.map((one, index) => countsOf(one, index, answer, bounds));
  }
}

const longest = (windows: readonly CountedWindow[]) =>
  windows.reduce((a, { range: b }) => (b.end - b.start > a.end - a.start ? b : a), TimeRange.halfOpen(0, 0));

function countsOf(
  { covered, exact }: WindowPlan,
  index: number,
  rows: readonly CountRow[],
  bounds: StorageBounds,
): WindowCounts {
  // Facts below the floor are no longer kept, so nothing says which sales there have an amount.
  const known = covered.start >= bounds.retentionFloor;
  const counts = rows
    .filter((row) => row.counted_window === index && row.event_type !== null)
    .map(({ bucket, event_type, label, events, amount, unpriced }) => ({
      bucket,
      eventType: event_type!,
      label,
      events,
      amount,
      unpriced: known ? unpriced : null,
    }));
  return { counts, window: covered, exact };
}
