import { Injectable } from '@nestjs/common';
import type { QueryConfig } from 'pg';
import type { EventType } from '../../../events/domain/incoming-event.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { Database } from '../../../platform/postgres/database.js';
import type { UserCounts } from '../../application/answers/fact-sections.answer.js';
import { type AmountStatistics, type Counted, FactsReader, type Ranking } from '../../application/facts-reader.port.js';
import { isUnfiltered, type MetricsFilter } from '../../domain/metrics-filter.js';
import { LastSeenBounds } from '../../../events/domain/counts/storage-bounds.js';
import { planFacts } from '../../../events/domain/counts/window-plan.js';
import { type BoundsRow, boundsOf } from './storage-bounds.sql.js';
import { conversionTypes, distinctUsers, saleAmounts, topPages } from './facts.sql.js';
import { readFacts } from './read-facts.js';

@Injectable()
export class PostgresFactsReader extends FactsReader {
  private readonly bounds = new LastSeenBounds();
  /** Whether the last window held views or scrolls. A wrong guess costs a second statement, never a wrong figure. */
  private interactions = false;

  constructor(private readonly database: Database) {
    super();
  }

  async users(window: TimeRange, filter: MetricsFilter, signal?: AbortSignal): Promise<Counted<UserCounts>> {
    const ask = (interactions: boolean) =>
      this.ask<UserCounts & { interactions: boolean }>(
        window,
        (kept) => distinctUsers({ window: kept, filter }, interactions),
        signal,
      );
    let counted = await ask(this.interactions);
    if (counted.result.interactions && !this.interactions && isUnfiltered(filter)) counted = await ask(true);
    const { interactions, ...result } = counted.result;
    this.interactions = interactions;
    return { ...counted, result };
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

  /**
   * Facts below the floor may be deleted at this moment, so they are left out. If the floor has moved meanwhile, the
   * question is asked again.
   */
  private async ask<Row extends object>(
    window: TimeRange,
    statement: (kept: TimeRange) => QueryConfig,
    signal?: AbortSignal,
  ): Promise<Counted<Row>> {
    const { plan, answer } = await this.bounds.ask(
      (known) => planFacts(window, known),
      async ({ covered }) => {
        const [row] = await readFacts<Row & Bounded>(this.database, statement(covered), window, signal);
        return { bounds: boundsOf(row?.bounds), answer: withoutBounds(row!) };
      },
    );
    return { result: answer as unknown as Row, window: plan.covered, exact: plan.exact };
  }
}

interface Bounded {
  readonly bounds: BoundsRow;
}

const withoutBounds = <Row extends Bounded>({ bounds: _, ...row }: Row) => row;
