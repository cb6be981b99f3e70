import type { Client } from 'pg';
import { encodeEventCursor } from '../../../src/events/application/event-cursor.js';
import type { EventType } from '../../../src/events/domain/incoming-event.js';

const HOUR_MS = 3_600_000;
const DEEP_ROW = 10 * 9_999;

export interface Route {
  readonly name: string;
  readonly path: string;
  /** The same answer by plain SQL over the facts, as a service without projections and keysets asks it. */
  readonly plain: { readonly text: string; readonly values: readonly unknown[] } | null;
}

const instant = (ms: number) => new Date(ms).toISOString();
const NEWEST_FIRST = 'order by occurred_at desc, event_key desc, event_type desc';

const counting = (until: number, lengthMs: number, windows: 1 | 2) => ({
  text: `select occurred_at > $2 as current, event_type, coalesce(reaction, currency, '') as label, count(*), sum(amount)
         from events where occurred_at > $1 and occurred_at <= $3 group by 1, 2, 3`,
  values: [instant(until - windows * lengthMs), instant(until - lengthMs), instant(until)],
});

/** Every route with its plain twin; the deep page's cursor is looked up by OFFSET, once. */
export async function routesOf(client: Client, until: number): Promise<Route[]> {
  const { rows } = await client.query<{ at: Date; event_key: string; event_type: EventType }>(
    `select occurred_at as at, event_key, event_type from events where occurred_at <= $1 ${NEWEST_FIRST} offset $2 limit 1`,
    [instant(until), DEEP_ROW - 1],
  );
  const at = rows[0]!;
  const position = { occurredAt: at.at.getTime(), eventKey: at.event_key, eventType: at.event_type };
  const periods = [
    ['1h', HOUR_MS],
    ['24h', 24 * HOUR_MS],
    ['7d', 168 * HOUR_MS],
  ] as const;
  const week = 168 * HOUR_MS;
  return [
    ...periods.map(([period, length]) => ({
      name: `/metrics?period=${period}`,
      path: `/metrics?period=${period}`,
      plain: counting(until, length, 1),
    })),
    ...periods.map(([period, length]) => ({
      name: `/metrics?period=${period}&compare=previous`,
      path: `/metrics?period=${period}&compare=previous`,
      plain: counting(until, length, 2),
    })),
    {
      name: '/metrics?period=7d&compare=previous&include=users',
      path: '/metrics?period=7d&compare=previous&include=users',
      // Umami's way: distinct visitors of both windows in one statement over the raw rows.
      plain: {
        text: `select count(distinct user_id) filter (where occurred_at > $2), count(distinct user_id) filter (where occurred_at <= $2)
               from events where occurred_at > $1 and occurred_at <= $3`,
        values: [instant(until - 2 * week), instant(until - week), instant(until)],
      },
    },
    {
      name: '/metrics/timeseries?period=7d&interval=hour',
      path: '/metrics/timeseries?period=7d&interval=hour',
      plain: {
        text: `select date_trunc('hour', occurred_at), event_type, count(*), sum(amount) from events where occurred_at > $1 and occurred_at <= $2 group by 1, 2`,
        values: [instant(until - week), instant(until)],
      },
    },
    {
      name: '/events, first page',
      path: '/events',
      plain: { text: `select * from events ${NEWEST_FIRST} limit 10`, values: [] },
    },
    {
      name: '/events, page 10,000',
      path: `/events?cursor=${encodeEventCursor(position, 'desc')}`,
      plain: { text: `select * from events ${NEWEST_FIRST} offset $1 limit 10`, values: [DEEP_ROW] },
    },
    {
      name: "/events, a user's page",
      path: '/events?user_id=user-4711',
      plain: { text: `select * from events where user_id = 'user-4711' ${NEWEST_FIRST} limit 10`, values: [] },
    },
    {
      name: '/events, a page’s clicks',
      path: '/events?page_url=https%3A%2F%2Fproduct.com%2Fitem%2F7',
      plain: {
        text: `select * from events where page_url = 'https://product.com/item/7' and event_type = 'click' ${NEWEST_FIRST} limit 10`,
        values: [],
      },
    },
  ];
}
