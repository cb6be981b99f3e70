/** The definition of each rate of the answer; names are fields of the answer. */
export const DEFINITIONS = {
  conversion_rate: {
    numerator: 'total_conversions',
    denominator: 'total_clicks',
    unit: 'percent',
    rounding: 'half up, 2 decimals; 0 without clicks',
  },
  average_order_value: {
    numerator: 'revenue.amount',
    denominator: 'revenue.sales_with_amount',
    unit: 'currency',
    rounding: 'half up, 4 decimals of which at least 2 are shown; null without such sales',
  },
  user_conversion_rate: {
    numerator: 'users.clicked_and_converted',
    denominator: 'users.click',
    unit: 'percent',
    rounding: 'half up, 2 decimals; 0 without such users',
  },
} as const;
