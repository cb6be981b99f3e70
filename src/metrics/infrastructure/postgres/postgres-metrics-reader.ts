import { Injectable } from '@nestjs/common';
import type { EventType } from '../../../events/domain/incoming-event.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { Database } from '../../../platform/postgres/database.js';
import { MetricsReader, type WindowCounts } from '../../application/metrics-reader.port.js';
import { planWindow, type StorageBounds, type WindowPlan } from '../../domain/window-plan.js';
import { COUNT_WINDOW } from './count-window.sql.js';

/** Each repeat needs a move of a bound between two statements; they move at most every few minutes. */
const MAX_ATTEMPTS = 5;

interface CountRow {
  readonly retention_floor: number;
  readonly fine_horizon: number;
  readonly event_type: EventType | null;
  readonly label: string;
  readonly events: number;
  readonly amount: string;
}

@Injectable()
export class PostgresMetricsReader extends MetricsReader {
  /** As the last snapshot said. They only move forward, so an old value costs a repeat, never a wrong figure. */
  private bounds: StorageBounds = { retentionFloor: -Infinity, fineHorizon: -Infinity };

  constructor(private readonly database: Database) {
    super();
  }

  async count(window: TimeRange): Promise<WindowCounts> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const plan = planWindow(window, this.bounds);
      const rows = await this.database.read<CountRow>(statement(plan));
      const bounds = boundsOf(rows);
      this.bounds = bounds;
      if (sameParts(plan, planWindow(window, bounds)))
        return { counts: countsOf(rows), window: plan.covered, exact: plan.exact };
    }
    throw new Error(`the storage bounds moved ${MAX_ATTEMPTS} times while one window was read`);
  }
}

const statement = ({ quarters, fine, raw }: WindowPlan) => ({
  name: 'count-window',
  text: COUNT_WINDOW,
  values: [quarters, ...fine, ...raw].flatMap(({ start, end }) => [timestamp(start), timestamp(end)]),
});

const timestamp = (ms: number) => new Date(ms).toISOString();

const sameParts = (one: WindowPlan, other: WindowPlan) => JSON.stringify(one) === JSON.stringify(other);

function boundsOf(rows: readonly CountRow[]): StorageBounds {
  const [row] = rows;
  if (!row) throw new Error('storage_bounds holds no row');
  return { retentionFloor: row.retention_floor, fineHorizon: row.fine_horizon };
}

const countsOf = (rows: readonly CountRow[]) =>
  rows.flatMap(({ event_type: eventType, label, events, amount }) =>
    eventType === null ? [] : [{ eventType, label, events, amount }],
  );
