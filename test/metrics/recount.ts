import type { Row } from '../support/record-rows.js';

/** The figures of a plain count over the rows of a test, in the words of the API: nothing here knows projections, buckets or SQL. */
export interface Criteria {
  readonly event_type?: string;
  readonly user_id?: string;
  readonly session_id?: string;
  readonly page_url?: string;
  readonly label?: string;
}

type Text = string | undefined;
const labelOf = (row: Row): Text =>
  (row.reaction ??
    row.interaction ??
    (row.event_type === 'sale' ? (row.currency ?? 'XXX') : row.conversion_type)) as Text;

export const select = (rows: readonly Row[], from: number, to: number, criteria: Criteria): Row[] =>
  rows.filter(
    (row) =>
      Number(row.timestamp) > from &&
      Number(row.timestamp) <= to &&
      (criteria.event_type === undefined || row.event_type === criteria.event_type) &&
      (criteria.user_id === undefined || row.user_id === criteria.user_id) &&
      (criteria.session_id === undefined || row.session_id === criteria.session_id) &&
      (criteria.page_url === undefined || row.url === criteria.page_url) &&
      (criteria.label === undefined || labelOf(row) === criteria.label),
  );

const isClick = (row: Row) => row.event_type === 'click' && row.reaction === undefined && row.interaction === undefined;
const of = (type: string) => (row: Row) => row.event_type === type;
const groups = <T>(rows: readonly Row[], by: (row: Row) => T): [T, Row[]][] => {
  const grouped = new Map<T, Row[]>();
  for (const row of rows) grouped.set(by(row), [...(grouped.get(by(row)) ?? []), row]);
  return [...grouped].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
};
/** Test amounts have at most four decimals. */
const cents = (row: Row) => Math.round(Number(row.amount ?? 0) * 10_000);
const decimal = (tenThousandths: number) => (tenThousandths / 10_000).toFixed(4).replace(/0{1,2}$/, '');
const rate = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part * 10_000) / whole) / 100);

export function totals(rows: readonly Row[], criteria: Criteria) {
  const [clicks, conversions] = [rows.filter(isClick).length, rows.filter(of('conversion')).length];
  const comparable = criteria.event_type === undefined && criteria.label === undefined;
  return {
    total_clicks: clicks,
    total_conversions: conversions,
    total_sales: rows.filter(of('sale')).length,
    conversion_rate: comparable ? rate(conversions, clicks) : null,
    total_votes: rows.filter((row) => row.reaction !== undefined).length,
    total_views: rows.filter((row) => row.interaction === 'view').length,
  };
}

export const revenue = (rows: readonly Row[]) =>
  groups(rows.filter(of('sale')), (row) => row.currency ?? 'XXX').map(([currency, sales]) => {
    const priced = sales.filter(({ amount }) => amount !== undefined);
    const sum = sales.reduce((total, row) => total + cents(row), 0);
    return {
      currency,
      sales: sales.length,
      sales_with_amount: priced.length,
      amount: decimal(sum),
      average_order_value: priced.length === 0 ? null : decimal(Math.floor(sum / priced.length + 0.5)),
    };
  });

export const figures = (rows: readonly Row[], criteria: Criteria) => ({
  ...totals(rows, criteria),
  revenue: revenue(rows),
  reactions: groups(
    rows.filter(({ reaction }) => reaction !== undefined),
    ({ reaction }) => reaction,
  ).map(([reaction, votes]) => ({ reaction, votes: votes.length })),
});

export function users(all: readonly Row[]) {
  const rows = all.filter(({ interaction }) => interaction === undefined);
  const who = (wanted: (row: Row) => boolean) => new Set(rows.filter(wanted).map(({ user_id }) => user_id));
  const [click, conversion] = [who(isClick), who(of('conversion'))];
  const both = [...click].filter((user) => conversion.has(user)).length;
  return {
    any: who(() => true).size,
    click: click.size,
    vote: who(({ reaction }) => reaction !== undefined).size,
    conversion: conversion.size,
    sale: who(of('sale')).size,
    clicked_and_converted: both,
    user_conversion_rate: rate(both, click.size),
  };
}

export const amounts = (rows: readonly Row[]) =>
  groups(
    rows.filter((row) => row.event_type === 'sale' && row.amount !== undefined),
    (row) => row.currency ?? 'XXX',
  ).map(([currency, sales]) => {
    const sorted = sales.map(cents).sort((a, b) => a - b);
    const nearestRank = (p: number) => decimal(sorted[Math.max(0, Math.ceil((p * sorted.length) / 100) - 1)]!);
    return { currency, sales: sales.length, p50: nearestRank(50), p95: nearestRank(95), p99: nearestRank(99) };
  });

export const conversionTypes = (rows: readonly Row[]) =>
  groups(rows.filter(of('conversion')), ({ conversion_type }) => conversion_type ?? null)
    .map(([conversion_type, conversions]) => ({ conversion_type, conversions: conversions.length }))
    .sort((a, b) => b.conversions - a.conversions);

export const pages = (rows: readonly Row[]) =>
  groups(
    rows.filter((row) => row.url !== undefined && row.reaction === undefined && row.interaction === undefined),
    ({ url }) => url,
  )
    .map(([page_url, events]) => ({ page_url, events: events.length }))
    .sort((a, b) => b.events - a.events);
