import type { Row } from '../support/record-rows.js';

/** The journey that a person's rows say, put together in plain loops: nothing here knows SQL. */
const GAP_MS = 30 * 60_000;

interface Session {
  readonly id: string | null;
  readonly rows: Row[];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** By time, then id, then type. */
export const inOrder = (rows: readonly Row[]): Row[] =>
  [...rows].sort(
    (a, b) =>
      Number(a.timestamp) - Number(b.timestamp) ||
      (a.event_id < b.event_id ? -1 : a.event_id > b.event_id ? 1 : a.event_type < b.event_type ? -1 : 1),
  );

/** In the order of their first events. */
export function sessions(rows: readonly Row[]): Session[] {
  const found: Session[] = [];
  const named = new Map<string, Session>();
  let nameless: Session | null = null;
  for (const row of inOrder(rows)) {
    const id = row.session_id === undefined ? null : text(row.session_id);
    let session: Session | null = id === null ? nameless : (named.get(id) ?? null);
    if (id === null && session && Number(row.timestamp) - Number(session.rows.at(-1)!.timestamp) > GAP_MS)
      session = null;
    if (!session) {
      session = { id, rows: [] };
      found.push(session);
      if (id === null) nameless = session;
      else named.set(id, session);
    }
    session.rows.push(row);
  }
  return found;
}

const iso = (row: Row) => new Date(Number(row.timestamp)).toISOString();
const decimal = (tenThousandths: number) => (tenThousandths / 10_000).toFixed(4).replace(/0{1,2}$/, '');
const amountOf = (row: Row) => Math.round(Number(row.amount ?? 0) * 10_000);

export const shownSession = ({ id, rows }: Session) => {
  const pages = rows.flatMap(({ url }) => (url === undefined ? [] : [text(url)]));
  return {
    session_id: id,
    started_at: iso(rows[0]!),
    ended_at: iso(rows.at(-1)!),
    duration_ms: Number(rows.at(-1)!.timestamp) - Number(rows[0]!.timestamp),
    total_events: rows.length,
    entry_page: pages[0] ?? null,
    exit_page: pages.at(-1) ?? null,
    events: rows.map((row) => ({
      event_id: row.event_id,
      event_type: row.event_type,
      occurred_at: iso(row),
      page_url: row.url ?? null,
      interaction: row.interaction ?? null,
      reaction: row.reaction ?? null,
      conversion_type: row.conversion_type ?? null,
      amount: row.amount === undefined ? null : decimal(amountOf(row)),
      currency: row.event_type === 'sale' ? (row.currency ?? 'XXX') : null,
    })),
  };
};

export function summary(rows: readonly Row[]) {
  const ordered = inOrder(rows);
  const count = (wanted: (row: Row) => boolean) => rows.filter(wanted).length;
  const sales = rows.filter(({ event_type }) => event_type === 'sale');
  const currencies = [...new Set(sales.map(({ currency }) => text(currency ?? 'XXX')))].sort();
  return {
    first_seen: ordered.length === 0 ? null : iso(ordered[0]!),
    last_seen: ordered.length === 0 ? null : iso(ordered.at(-1)!),
    total_sessions: sessions(rows).length,
    total_events: rows.length,
    total_clicks: count((row) => row.event_type === 'click' && !row.reaction && !row.interaction),
    total_votes: count(({ reaction }) => reaction !== undefined),
    total_views: count(({ interaction }) => interaction === 'view'),
    total_scrolls: count(({ interaction }) => interaction === 'scroll'),
    total_conversions: count(({ event_type }) => event_type === 'conversion'),
    total_sales: sales.length,
    revenue: currencies.map((currency) => {
      const inIt = sales.filter((row) => text(row.currency ?? 'XXX') === currency);
      return { currency, sales: inIt.length, amount: decimal(inIt.reduce((sum, row) => sum + amountOf(row), 0)) };
    }),
  };
}
