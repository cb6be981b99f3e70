import { Injectable } from '@nestjs/common';
import type { EventType } from '../../../events/domain/incoming-event.js';
import { TimeRange } from '../../../events/domain/time-range.js';
import { Database } from '../../../platform/postgres/database.js';
import { type CountedWindow, MetricsReader, type WindowCounts } from '../../application/metrics-reader.port.js';
import { type MetricsFilter, needsFacts, NO_FILTER } from '../../domain/metrics-filter.js';
import { planFacts, planSeries, type StorageBounds } from '../../domain/window-plan.js';
import { countWindows, type PlannedWindow } from './count-windows.sql.js';
import { readFacts } from './read-facts.js';

/** Each repeat needs a move of a bound between two statements; they move at most every few minutes. */
const MAX_ATTEMPTS = 5;

interface CountRow {
  readonly retention_floor: number;
  readonly fine_horizon: number;
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
  /** As the last snapshot said. They only move forward, so an old value costs a repeat, never a wrong figure. */
  private bounds: StorageBounds = { retentionFloor: -Infinity, fineHorizon: -Infinity };

  constructor(private readonly database: Database) {
    super();
  }

  async count(
    windows: readonly CountedWindow[],
    filter: MetricsFilter = NO_FILTER,
    signal?: AbortSignal,
  ): Promise<readonly WindowCounts[]> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const planned = plan(windows, filter, this.bounds);
      const statement = countWindows(planned, filter);
      const rows = needsFacts(filter)
        ? await readFacts<CountRow>(this.database, statement, longest(windows), signal)
        : await this.database.read<CountRow>(statement, signal);
      const bounds = boundsOf(rows);
      this.bounds = bounds;
      if (same(planned, plan(windows, filter, bounds)))
        return planned.map((one, index) => countsOf(one, index, rows, bounds));
    }
    throw new Error(`the storage bounds moved ${MAX_ATTEMPTS} times while one window was read`);
  }
}

const plan = (windows: readonly CountedWindow[], filter: MetricsFilter, bounds: StorageBounds): PlannedWindow[] =>
  windows.map(({ range, cuts }) => ({
    cuts,
    plan: needsFacts(filter) ? planFacts(range, bounds) : planSeries(range, cuts, bounds),
  }));

const same = (one: readonly PlannedWindow[], other: readonly PlannedWindow[]) =>
  one.every(({ plan }, index) => JSON.stringify(plan) === JSON.stringify(other[index]?.plan));

const longest = (windows: readonly CountedWindow[]) =>
  windows.reduce((a, { range: b }) => (b.end - b.start > a.end - a.start ? b : a), TimeRange.halfOpen(0, 0));

function boundsOf(rows: readonly CountRow[]): StorageBounds {
  const [row] = rows;
  if (!row) throw new Error('storage_bounds holds no row');
  return { retentionFloor: row.retention_floor, fineHorizon: row.fine_horizon };
}

function countsOf(
  { plan }: PlannedWindow,
  index: number,
  rows: readonly CountRow[],
  bounds: StorageBounds,
): WindowCounts {
  // Below the floor the facts are gone that would say which sales carry an amount.
  const known = plan.covered.start >= bounds.retentionFloor;
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
  return { counts, window: plan.covered, exact: plan.exact };
}
