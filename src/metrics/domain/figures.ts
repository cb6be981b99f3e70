import { type EventType, REACTIONS } from '../../events/domain/incoming-event.js';
import { average, money, tenThousandths } from './money.js';
import { percentage } from './percentage.js';

/**
 * The number of events of a type and label. The label is the reaction of a vote, `view` or `scroll`, the currency of a sale,
 * or else ''.
 */
export interface LabelledCount {
  readonly eventType: EventType;
  readonly label: string;
  readonly events: number;
  /** The sum of their amounts, an exact decimal. */
  readonly amount: string;
  /** The sales among these events that have no amount; null: the facts that would say so are no longer kept. */
  readonly unpriced: number | null;
}

/**
 * Clicks with a reaction are votes, and clicks with an interaction are views or scrolls. None of these counts as a click.
 *
 * @param comparable whether both conversions and clicks were asked for; if not, there is no rate
 */
export function totalsOf(counts: readonly LabelledCount[], comparable: boolean) {
  const clicks = sum(counts, ({ eventType, label }) => eventType === 'click' && label === '');
  const conversions = sum(counts, ({ eventType }) => eventType === 'conversion');
  return {
    total_clicks: clicks,
    total_conversions: conversions,
    total_sales: sum(counts, ({ eventType }) => eventType === 'sale'),
    conversion_rate: comparable ? percentage(conversions, clicks) : null,
    total_votes: sum(counts, isVote),
    total_views: sum(counts, ({ eventType, label }) => eventType === 'click' && label === 'view'),
  };
}

export type Figures = ReturnType<typeof figuresOf>;

export function figuresOf(counts: readonly LabelledCount[], comparable: boolean) {
  return {
    ...totalsOf(counts, comparable),
    revenue: revenueOf(counts),
    reactions: byLabel(counts)
      .filter(isVote)
      .map(({ label, events }) => ({ reaction: label, votes: events })),
  };
}

/** The revenue by currency, in its order. The average is null if no sale has an amount. */
export const revenueOf = (counts: readonly LabelledCount[]) =>
  byLabel(counts)
    .filter(({ eventType }) => eventType === 'sale')
    .map(({ label, events, amount, unpriced }) => {
      const total = tenThousandths(amount);
      const priced = unpriced === null ? null : events - unpriced;
      const value = priced === null ? null : average(total, priced);
      return {
        currency: label,
        sales: events,
        sales_with_amount: priced,
        amount: money(total),
        average_order_value: value === null ? null : money(value),
      };
    });

const isVote = ({ eventType, label }: LabelledCount) =>
  eventType === 'click' && (REACTIONS as readonly string[]).includes(label);

const byLabel = (counts: readonly LabelledCount[]) => [...counts].sort((a, b) => (a.label < b.label ? -1 : 1));

const sum = (counts: readonly LabelledCount[], wanted: (count: LabelledCount) => boolean) =>
  counts.filter(wanted).reduce((total, { events }) => total + events, 0);
