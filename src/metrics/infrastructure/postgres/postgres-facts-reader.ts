import { Injectable } from '@nestjs/common';
import type { QueryConfig, QueryResultRow } from 'pg';
import type { EventType } from '../../../events/domain/incoming-event.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { Database } from '../../../platform/postgres/database.js';
import type { UserCounts } from '../../application/answers/fact-sections.answer.js';
import { type AmountStatistics, type Counted, FactsReader, type Ranking } from '../../application/facts-reader.port.js';
import type { MetricsFilter } from '../../domain/metrics-filter.js';
import { planFacts, type StorageBounds } from '../../domain/window-plan.js';
import { conversionTypes, distinctUsers, saleAmounts, topPages } from './facts.sql.js';
import { readFacts } from './read-facts.js';

/** The floor moves once a week. */
const MAX_ATTEMPTS = 3;

@Injectable()
export class PostgresFactsReader extends FactsReader {
  /** As the last snapshot said. The floor only moves forward, so an old value costs a repeat, never a wrong figure. */
  private bounds: StorageBounds = { retentionFloor: -Infinity, fineHorizon: -Infinity };

  constructor(private readonly database: Database) {
    super();
  }

  users(window: TimeRange, filter: MetricsFilter, signal?: AbortSignal): Promise<Counted<UserCounts>> {
    return this.ask<UserCounts>(window, (kept) => distinctUsers({ window: kept, filter }), signal);
  }

  async amounts(
    window: TimeRange,
    filter: MetricsFilter,
    bounds: readonly string[],
    signal?: AbortSignal,
  ): Promise<Counted<readonly AmountStatistics[]>> {
    const { result, ...counted } = await this.ask<{ amounts: readonly AmountStatistics[] }>(
      window,
      (kept) => saleAmounts({ window: kept, filter }, bounds),
      signal,
    );
    return { result: result.amounts, ...counted };
  }

  conversionTypes(
    window: TimeRange,
    filter: MetricsFilter,
    limit: number,
    signal?: AbortSignal,
  ): Promise<Counted<Ranking>> {
    return this.ask<Ranking>(window, (kept) => conversionTypes({ window: kept, filter }, limit), signal);
  }

  pages(window: TimeRange, eventType: EventType, limit: number, signal?: AbortSignal): Promise<Counted<Ranking>> {
    return this.ask<Ranking>(window, (kept) => topPages(kept, eventType, limit), signal);
  }

  /** Below the floor facts may be on their way out: they are left out, and when the floor has moved the question is put again. */
  private async ask<Row extends object>(
    window: TimeRange,
    statement: (kept: TimeRange) => QueryConfig,
    signal?: AbortSignal,
  ): Promise<Counted<Row>> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const { covered, exact } = planFacts(window, this.bounds);
      const [row] = await readFacts<Row & QueryResultRow & { floor: number }>(
        this.database,
        statement(covered),
        window,
        signal,
      );
      if (!row) throw new Error('storage_bounds holds no row');
      const { floor, ...result } = row;
      this.bounds = { retentionFloor: floor, fineHorizon: floor };
      const { covered: now } = planFacts(window, this.bounds);
      if (now.start === covered.start && now.end === covered.end)
        return { result: result as unknown as Row, window: covered, exact };
    }
    throw new Error(`the retention floor moved ${MAX_ATTEMPTS} times while one window was read`);
  }
}
