import type { Figures } from './figures.js';
import { money, tenThousandths } from './money.js';

/** The change from `before` to `now`. The change of the rate is in percentage points. */
export function changesOf(now: Figures, before: Figures) {
  return {
    total_clicks: change(now.total_clicks, before.total_clicks),
    total_conversions: change(now.total_conversions, before.total_conversions),
    total_sales: change(now.total_sales, before.total_sales),
    conversion_rate:
      now.conversion_rate === null || before.conversion_rate === null
        ? null
        : change(now.conversion_rate, before.conversion_rate),
    total_votes: change(now.total_votes, before.total_votes),
    total_views: change(now.total_views, before.total_views),
    revenue: revenueChanges(now, before),
  };
}

function revenueChanges(now: Figures, before: Figures) {
  const currencies = [...now.revenue, ...before.revenue].map(({ currency }) => currency);
  const amountOf = ({ revenue }: Figures, wanted: string) =>
    tenThousandths(revenue.find(({ currency }) => currency === wanted)?.amount ?? '0');
  return [...new Set(currencies)].sort().map((currency) => {
    const [later, earlier] = [amountOf(now, currency), amountOf(before, currency)];
    return {
      currency,
      absolute: money(later - earlier),
      percent: percentChange(Number(later), Number(earlier)),
    };
  });
}

const change = (now: number, before: number) => ({
  absolute: twoDecimals(now - before),
  percent: percentChange(now, before),
});

/** Percent with two decimals; null if the earlier figure is 0. */
const percentChange = (now: number, before: number) =>
  before === 0 ? null : twoDecimals(((now - before) / before) * 100);

/** `+ 0` turns −0 into 0. */
const twoDecimals = (value: number) => Math.round(value * 100) / 100 + 0;
