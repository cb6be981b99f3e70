import type { Report } from '../application/answers/report.answer.js';

const HEADER = 'report,from,to,figure,label,value,before,change,change_percent';
const COUNTED = [
  'total_clicks',
  'total_conversions',
  'total_sales',
  'conversion_rate',
  'total_votes',
  'total_views',
] as const;

type Cell = string | number | null;

/** A line per figure (RFC 4180). No cell needs quotes: names, times, numbers, currencies and reactions are ours. */
export function reportCsv(report: Report): string {
  const { window, comparison } = report;
  const { changes } = comparison;
  const line = (figure: string, label: string, value: Cell, before: Cell, change: Cell, percent: Cell) =>
    [report.report, window.from, window.to, figure, label, value, before, change, percent].join(',');
  const revenue = changes.revenue.map(({ currency, absolute, percent }) => {
    const amountOf = ({ revenue: all }: Pick<Report, 'revenue'>) =>
      all.find((one) => one.currency === currency)?.amount ?? '0.00';
    return line('revenue', currency, amountOf(report), amountOf(comparison), absolute, percent);
  });
  const counted = COUNTED.map((figure) =>
    line(
      figure,
      '',
      report[figure],
      comparison[figure],
      changes[figure]?.absolute ?? null,
      changes[figure]?.percent ?? null,
    ),
  );
  return [HEADER, ...counted, ...revenue].map((text) => `${text}\r\n`).join('');
}

/** Whether the client would rather have CSV (RFC 9110 §12.5.1): by its weight beside that of JSON, or of anything. */
export function wantsCsv(accept: string | undefined): boolean {
  const weights = new Map(
    (accept ?? '').split(',').map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return [type, q === undefined ? 1 : Number(q)] as const;
    }),
  );
  const csv = weights.get('text/csv') ?? weights.get('text/*') ?? 0;
  return csv > 0 && csv > (weights.get('application/json') ?? 0);
}
