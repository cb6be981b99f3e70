import { Injectable } from '@nestjs/common';
import type { TimeRange } from '../../events/domain/time-range.js';
import { Clock } from '../../platform/clock/clock.js';
import { AMOUNT_BOUNDS } from '../domain/amount-bounds.js';
import type { MetricsFilter } from '../domain/metrics-filter.js';
import { money, tenThousandths } from '../domain/money.js';
import { percentage } from '../domain/percentage.js';
import { AnswerCache } from './answer-cache.js';
import type {
  AmountsSection,
  CurrencyAmounts,
  FromFacts,
  TypesSection,
  UsersSection,
} from './answers/fact-sections.answer.js';
import { type AmountStatistics, type Counted, FactsReader, type Ranking } from './facts-reader.port.js';
import type { RequestedWindow } from './requested-window.js';

const MAX_TYPES = 50;

/** Adds the parts of an answer that no projection holds. */
@Injectable()
export class FactSections {
  constructor(
    private readonly facts: FactsReader,
    private readonly cache: AnswerCache,
    private readonly clock: Clock,
  ) {}

  users(asked: RequestedWindow, filter: MetricsFilter, signal?: AbortSignal): Promise<UsersSection> {
    return this.section(
      'users',
      asked,
      filter,
      signal,
      (range, shared) => this.facts.users(range, filter, shared),
      (users) => ({
        ...users,
        user_conversion_rate: percentage(users.clicked_and_converted, users.click),
      }),
    );
  }

  amounts(asked: RequestedWindow, filter: MetricsFilter, signal?: AbortSignal): Promise<AmountsSection> {
    return this.section(
      'amounts',
      asked,
      filter,
      signal,
      (range, shared) => this.facts.amounts(range, filter, AMOUNT_BOUNDS, shared),
      (all) => ({
        currencies: all.map(currencyAmounts),
      }),
    );
  }

  types(asked: RequestedWindow, filter: MetricsFilter, signal?: AbortSignal): Promise<TypesSection> {
    return this.section(
      'types',
      asked,
      filter,
      signal,
      (range, shared) => this.facts.conversionTypes(range, filter, MAX_TYPES, shared),
      ({ top, events, names }: Ranking) => ({
        total_conversions: events,
        types: top.map((type) => ({ conversion_type: type.name, conversions: type.events })),
        rest: { types: names - top.length, conversions: top.reduce((rest, type) => rest - type.events, events) },
      }),
    );
  }

  /** A period is one question, however its window slides. The kept answer says which window it counted. */
  private section<Found, Shown>(
    name: string,
    { range, period }: RequestedWindow,
    filter: MetricsFilter,
    signal: AbortSignal | undefined,
    ask: (range: TimeRange, signal?: AbortSignal) => Promise<Counted<Found>>,
    show: (found: Found) => Shown,
  ): Promise<Shown & FromFacts> {
    const compute = async (shared?: AbortSignal) => {
      const asOf = new Date(this.clock.now()).toISOString();
      const { result, window, exact } = await ask(range, shared);
      return { ...show(result), computed_from: 'facts' as const, as_of: asOf, window: window.toWindow(), exact };
    };
    return this.cache.get([name, period ?? range, filter], compute, { costly: true, signal });
  }
}

/** The buckets from the lowest to the highest sale, with the empty ones between them. */
function currencyAmounts({ histogram, ...statistics }: AmountStatistics): CurrencyAmounts {
  const salesAt = new Map(histogram.map(({ bound, sales }) => [bound, sales]));
  const [lowest, highest] = [Math.min(...salesAt.keys()), Math.max(...salesAt.keys())];
  const shown = (decimal: string) => money(tenThousandths(decimal));
  return {
    currency: statistics.currency,
    sales: statistics.sales,
    p50: shown(statistics.p50),
    p95: shown(statistics.p95),
    p99: shown(statistics.p99),
    histogram: Array.from({ length: highest - lowest + 1 }, (_, n) => lowest + n).map((bound) => ({
      from: AMOUNT_BOUNDS[bound]!,
      to: AMOUNT_BOUNDS[bound + 1] ?? null,
      sales: salesAt.get(bound) ?? 0,
    })),
  };
}
