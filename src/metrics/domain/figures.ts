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
  /** Of these events, sales without an amount; null where the facts that would say so are gone. */
  readonly unpriced: number | null;
}

export interface Revenue {
  readonly currency: string;
  readonly sales: number;
  /** Null where the window reaches below what is kept. */
  readonly sales_with_amount: number | null;
  readonly amount: string;
  /** Null without a sale that carries an amount. */
  readonly average_order_value: string | null;
}

export interface Totals {
  /** Clicks that are neither votes nor interactions. */
  readonly total_clicks: number;
  readonly total_conversions: number;
  readonly total_sales: number;
  /** conversions ÷ clicks × 100, two decimals; 0 without clicks; null where a filter leaves one of the two out. */
  readonly conversion_rate: number | null;
  /** Clicks that carry a reaction. */
  readonly total_votes: number;
  /** Page views: clicks whose interaction is `view`. */
  readonly total_views: number;
}

export interface Figures extends Totals {
  /** By currency, in its order. */
  readonly revenue: readonly Revenue[];
  readonly reactions: readonly { readonly reaction: string; readonly votes: number }[];
}

/** @param comparable whether both conversions and clicks were asked for. */
export function totalsOf(counts: readonly LabelledCount[], comparable: boolean): Totals {
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

export function figuresOf(counts: readonly LabelledCount[], comparable: boolean): Figures {
  return {
    ...totalsOf(counts, comparable),
    revenue: revenueOf(counts),
    reactions: byLabel(counts)
      .filter(isVote)
      .map(({ label, events }) => ({ reaction: label, votes: events })),
  };
}

export const revenueOf = (counts: readonly LabelledCount[]): Revenue[] =>
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
