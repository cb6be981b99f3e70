import { type EventType, REACTIONS } from '../../events/domain/incoming-event.js';
import { average, money, tenThousandths } from './money.js';
import { percentage } from './percentage.js';

/** How many events of a type and label (reaction of a vote, `view` or `scroll`, currency of a sale, else '') were counted. */
export interface LabelledCount {
  readonly eventType: EventType;
  readonly label: string;
  readonly events: number;
  /** Sum of their amounts, an exact decimal. */
  readonly amount: string;
  /** The sales among these events that have no amount; null where the facts that would say so are no longer kept. */
  readonly unpriced: number | null;
}

/**
 * Clicks that carry a reaction are votes, those with an interaction views or scrolls: neither counts as a click.
 *
 * @param comparable whether both conversions and clicks were asked for; else there is no rate.
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

/** By currency, in its order. The average is null without a sale that carries an amount. */
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
