import Type from 'typebox';
import { answer, count, nullable, text } from '../../../platform/answer-schema.js';
import { COUNTED_WINDOW } from './window.answer.js';

export const CURRENCY = text('EUR', 'ISO 4217; `XXX` where the sales named none.');

export const decimal = (example: string, description: string) =>
  Type.String({ pattern: '^-?\\d+\\.\\d{2,4}$', examples: [example], description });

export const percent = (example: number, description: string) =>
  Type.Number({ minimum: 0, examples: [example], description });

export const TOTALS = {
  total_clicks: count(150, 'Clicks without a reaction or an interaction.'),
  total_conversions: count(15, 'Conversions.'),
  total_sales: count(10, 'Sales.'),
  conversion_rate: nullable(
    percent(
      10,
      'total_conversions ÷ total_clicks × 100, two decimals; 0 without clicks. Null only where a filter by event_type or label leaves one of the two out.',
    ),
  ),
  total_votes: count(7, 'Clicks with a reaction: votes of the live clicker, not in total_clicks.'),
  total_views: count(120, 'Page views: clicks whose interaction is `view`, not in total_clicks.'),
};

const Revenue = answer('Revenue', {
  currency: CURRENCY,
  sales: count(10, 'Sales in this currency.'),
  sales_with_amount: nullable(
    count(10, 'Those that carry an amount; null where the window reaches below what is kept.'),
  ),
  amount: decimal('199.00', 'Sum of their amounts.'),
  average_order_value: nullable(
    decimal('19.90', 'amount ÷ sales_with_amount, half up to 4 decimals; null without such sales.'),
  ),
});

const Reaction = answer('Reaction', {
  reaction: text('cheers'),
  votes: count(7, 'Clicks that carry it.'),
});

/** The figures of a window. */
export const FIGURES = {
  ...TOTALS,
  revenue: Type.Array(Revenue, { description: 'By currency.' }),
  reactions: Type.Array(Reaction, { description: 'Votes by reaction.' }),
  ...COUNTED_WINDOW,
};
