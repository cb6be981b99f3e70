import Type from 'typebox';
import { answer, described, nullable } from '../../../platform/answer-schema.js';
import { CURRENCY, decimal, FIGURES } from './figures.answer.js';

const percentChange = (example: number, of: string) =>
  nullable(
    Type.Number({ examples: [example], description: `Of the earlier ${of}, two decimals; null where that is 0.` }),
  );

const Change = answer('Change', {
  absolute: Type.Number({
    examples: [-5],
    description: 'Now minus before; of a rate in percentage points.',
  }),
  percent: percentChange(-25, 'figure'),
});

const RevenueChange = answer('RevenueChange', {
  currency: CURRENCY,
  absolute: decimal('-20.10', 'Now minus before.'),
  percent: percentChange(-9.17, 'amount'),
});

const Changes = answer('Changes', {
  total_clicks: Change,
  total_conversions: Change,
  total_sales: Change,
  conversion_rate: nullable(Change, { description: 'Null where conversion_rate is.' }),
  total_votes: Change,
  total_views: Change,
  revenue: Type.Array(RevenueChange),
});

export const Comparison = answer('Comparison', {
  ...FIGURES,
  changes: described(Changes, 'From this window to the one asked for.'),
});
