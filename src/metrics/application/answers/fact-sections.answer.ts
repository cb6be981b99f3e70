import Type, { type TObject } from 'typebox';
import { type Answer, answer, count, nullable, text, time } from '../../../platform/answer-schema.js';
import { CURRENCY, decimal, percent } from './figures.answer.js';
import { COMPUTED_FROM_FACTS, COUNTED_WINDOW } from './window.answer.js';

/** Figures that were counted from the facts and are kept for a while: their window and their time. */
const FROM_FACTS = {
  computed_from: COMPUTED_FROM_FACTS,
  as_of: time('2025-11-22T12:00:00.123Z', 'When they were counted: the answer is kept for a while.'),
  ...COUNTED_WINDOW,
};
export type FromFacts = Answer<TObject<typeof FROM_FACTS>>;

const USER_COUNTS = {
  any: count(60, 'Distinct users with any event but views and scrolls.'),
  click: count(50, 'Distinct users with a click that is neither a vote nor an interaction.'),
  vote: count(5, 'Distinct users with a vote.'),
  conversion: count(12, 'Distinct users with a conversion.'),
  sale: count(9, 'Distinct users with a sale.'),
  clicked_and_converted: count(10, 'Distinct users with both a click and a conversion.'),
};
export type UserCounts = Answer<TObject<typeof USER_COUNTS>>;

export const UsersSection = answer('Users', {
  ...FROM_FACTS,
  ...USER_COUNTS,
  user_conversion_rate: percent(20, 'clicked_and_converted ÷ click × 100, two decimals; 0 without such users.'),
});
export type UsersSection = Answer<typeof UsersSection>;

const AmountBucket = answer('AmountBucket', {
  from: decimal('10.00', 'Included.'),
  to: nullable(decimal('20.00', 'Not included.')),
  sales: count(8, 'Sales with an amount in between.'),
});

const CurrencyAmounts = answer('CurrencyAmounts', {
  currency: CURRENCY,
  sales: count(10, 'Sales that carry an amount.'),
  p50: decimal('19.90', 'Half of the sales are at most this: nearest rank, an amount that was paid.'),
  p95: decimal('49.00', '95 of 100 sales are at most this.'),
  p99: decimal('99.00', '99 of 100 sales are at most this.'),
  histogram: Type.Array(AmountBucket, {
    description:
      'Bounds are 0, then 1, 2 and 5 of each power of ten from 0.01; from the lowest to the highest sale, empty buckets included.',
  }),
});
export type CurrencyAmounts = Answer<typeof CurrencyAmounts>;

export const AmountsSection = answer('Amounts', { ...FROM_FACTS, currencies: Type.Array(CurrencyAmounts) });
export type AmountsSection = Answer<typeof AmountsSection>;

const ConversionType = answer('ConversionType', {
  conversion_type: nullable(text('signup', 'Null: the conversion named none.')),
  conversions: count(15, 'Conversions of this type.'),
});

const RestOfTypes = answer('RestOfTypes', {
  types: count(0, 'Types beyond the first 50.'),
  conversions: count(0, 'Their conversions.'),
});

export const TypesSection = answer('Types', {
  ...FROM_FACTS,
  total_conversions: count(15, 'All conversions.'),
  types: Type.Array(ConversionType, { description: 'At most 50, most conversions first.' }),
  rest: RestOfTypes,
});
export type TypesSection = Answer<typeof TypesSection>;
