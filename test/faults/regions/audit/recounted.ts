import type { Regions } from '../../../../src/regions/application/answers/regions.answer.js';
import type { Region } from '../region.js';

interface Figures {
  readonly total_clicks: number;
  readonly total_conversions: number;
  readonly total_sales: number;
  readonly total_votes: number;
  readonly revenue: readonly { readonly currency: string; readonly sales: number; readonly amount: string }[];
}

interface Metrics extends Figures {
  readonly exact: boolean;
  readonly window: { readonly from: string; readonly to: string };
  readonly regions: readonly { readonly name: string; readonly merged_until: string | null; readonly status: string }[];
}

const RECOUNT = `
select (count(*) filter (where event_type = 'click' and reaction is null))::int as total_clicks,
  (count(*) filter (where event_type = 'conversion'))::int as total_conversions,
  (count(*) filter (where event_type = 'sale'))::int as total_sales,
  (count(*) filter (where reaction is not null))::int as total_votes
from events where occurred_at > $1 and occurred_at <= $2`;

const REVENUE = `
select currency, count(*)::int as sales, coalesce(sum(amount), 0)::float8 as amount
from events where event_type = 'sale' and occurred_at > $1 and occurred_at <= $2 group by currency order by currency`;

const CONFLICTS = `select count(distinct (event_key, event_type))::int as total from region_conflicts`;

/** Where GET /metrics of a region differs from a recount of its rows over the window that it names, or GET /regions from its conflicts: in words. */
export async function wrongFigures(region: Region, periods: readonly string[] = ['1h', '7d']): Promise<string[]> {
  const wrong: string[] = [];
  for (const period of periods) {
    const said = await region.ask<Metrics>(`/metrics?period=${period}`);
    const window = [said.window.from, said.window.to];
    const [counts] = await region.query<Record<string, number>>(RECOUNT, window);
    const revenue = await region.query<{ currency: string; sales: number; amount: number }>(REVENUE, window);
    const shown = (figures: object) => JSON.stringify(figures);
    const { total_clicks, total_conversions, total_sales, total_votes } = said;
    const figures = shown({ total_clicks, total_conversions, total_sales, total_votes });
    if (figures !== shown(counts!)) {
      wrong.push(`${region.name} ${period}: ${figures} for ${shown(counts!)}`);
    }
    const money = said.revenue
      .map(({ currency, sales, amount }) => ({ currency, sales, amount: Number(amount) }))
      .sort((one, other) => (one.currency < other.currency ? -1 : 1));
    if (shown(money) !== shown(revenue)) wrong.push(`${region.name} ${period}: ${shown(money)} for ${shown(revenue)}`);
    if (!said.exact) wrong.push(`${region.name} ${period}: not exact`);
    for (const { name, merged_until, status } of said.regions) {
      if (merged_until === null || status !== 'merged') {
        wrong.push(`${region.name}: region ${name} is ${status}, merged until ${merged_until}`);
      }
    }
  }
  const { conflicts } = await region.ask<Regions>('/regions');
  const [known] = await region.query<{ total: number }>(CONFLICTS);
  if (conflicts.total !== known!.total) wrong.push(`${region.name}: ${conflicts.total} conflicts for ${known!.total}`);
  return wrong;
}
