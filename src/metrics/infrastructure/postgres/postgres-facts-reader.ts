import { Injectable } from '@nestjs/common';
import type { QueryConfig, QueryResultRow } from 'pg';
import type { EventType } from '../../../events/domain/incoming-event.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { Database } from '../../../platform/postgres/database.js';
import {
  type AmountStatistics,
  type Counted,
  FactsReader,
  type Ranking,
  type UserCounts,
} from '../../application/facts-reader.port.js';
import type { MetricsFilter } from '../../domain/metrics-filter.js';
import { planFacts } from '../../domain/window-plan.js';
import { conversionTypes, distinctUsers, saleAmounts, topPages } from './facts.sql.js';
import { readFacts } from './read-facts.js';

@Injectable()
export class PostgresFactsReader extends FactsReader {
  constructor(private readonly database: Database) {
    super();
  }

  users(window: TimeRange, filter: MetricsFilter): Promise<Counted<UserCounts>> {
    return this.ask<UserCounts>(window, distinctUsers({ window, filter }));
  }

  async amounts(
    window: TimeRange,
    filter: MetricsFilter,
    bounds: readonly string[],
  ): Promise<Counted<readonly AmountStatistics[]>> {
    const statement = saleAmounts({ window, filter }, bounds);
    const { result, ...counted } = await this.ask<{ amounts: readonly AmountStatistics[] }>(window, statement);
    return { result: result.amounts, ...counted };
  }

  conversionTypes(window: TimeRange, filter: MetricsFilter, limit: number): Promise<Counted<Ranking>> {
    return this.ask<Ranking>(window, conversionTypes({ window, filter }, limit));
  }

  pages(window: TimeRange, eventType: EventType, limit: number): Promise<Counted<Ranking>> {
    return this.ask<Ranking>(window, topPages(window, eventType, limit));
  }

  private async ask<Row extends object>(window: TimeRange, statement: QueryConfig): Promise<Counted<Row>> {
    const [row] = await readFacts<Row & QueryResultRow & { floor: number }>(this.database, statement, window);
    if (!row) throw new Error('storage_bounds holds no row');
    const { floor, ...result } = row;
    const { covered, exact } = planFacts(window, { retentionFloor: floor, fineHorizon: floor });
    return { result: result as unknown as Row, window: covered, exact };
  }
}
