import type { OwnIntake } from './own-intake.js';

export interface Metrics {
  readonly total_clicks: number;
  readonly total_conversions: number;
  readonly total_sales: number;
  readonly conversion_rate: number;
  readonly total_votes: number;
  readonly window: { readonly from: string; readonly to: string };
  readonly exact: boolean;
}

export const PERIODS = ['1h', '24h', '7d'] as const;

export async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`GET ${url}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

/** The answer of `/metrics`, and the same figures counted from the table over the window that it states. */
export async function metricsAndRecount(
  serviceUrl: string,
  intake: OwnIntake,
  period: string,
): Promise<{ answer: Partial<Metrics>; recount: Partial<Metrics> }> {
  const { window, total_clicks, total_conversions, total_sales, total_votes } = await getJson<Metrics>(
    `${serviceUrl}/metrics?period=${period}`,
  );
  const [recount] = await intake.query<Partial<Metrics>>(
    `select (count(*) filter (where event_type = 'click' and reaction is null))::int as total_clicks,
            (count(*) filter (where event_type = 'conversion'))::int as total_conversions,
            (count(*) filter (where event_type = 'sale'))::int as total_sales,
            (count(*) filter (where reaction is not null))::int as total_votes
     from events where occurred_at > $1 and occurred_at <= $2`,
    [window.from, window.to],
  );
  return { answer: { total_clicks, total_conversions, total_sales, total_votes }, recount: recount! };
}

/** Reads from the service's own figures the events examined, by verdict (`recorded`, `duplicate`, `rejected too_large`). */
export async function eventCounters(serviceUrl: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${serviceUrl}/internal/metrics`)).text();
  const counters: Record<string, number> = {};
  for (const [, verdict, reason, value] of text.matchAll(
    /^monitoreo_events_total\{intake="pulsar",verdict="(\w+)",reason="(\w*)"\} (\d+)$/gm,
  )) {
    counters[reason ? `${verdict} ${reason}` : verdict!] = Number(value);
  }
  return counters;
}
