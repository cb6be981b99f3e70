import Type from 'typebox';
import { answer, text } from '../../../platform/answer-schema.js';

const Definition = answer('Definition', {
  numerator: text('total_conversions', 'A field of the answer.'),
  denominator: text('total_clicks', 'A field of the answer.'),
  unit: Type.Enum(['percent', 'currency'], { examples: ['percent'] }),
  rounding: text('half up, 2 decimals; 0 without clicks'),
});

/** The definition of the rate of a series. */
export const SeriesDefinitions = answer('SeriesDefinitions', { conversion_rate: Definition });

/** The definition of each rate: numerator ÷ denominator, × 100 where the unit is percent. */
export const Definitions = answer('Definitions', {
  ...SeriesDefinitions.properties,
  average_order_value: Definition,
  user_conversion_rate: Definition,
});
