import type { Report } from '../../api/reports.js';
import { money, number, percent, t, type Word } from '../../language/language.js';
import { Change } from '../../parts/change.js';
import { Table } from '../../parts/table.js';

const COUNTS = [
  ['total_clicks', 'clicks'],
  ['total_conversions', 'conversions'],
  ['total_sales', 'sales'],
  ['total_votes', 'votes'],
  ['total_views', 'pageViews'],
] as const satisfies readonly (readonly [keyof Report, Word])[];

/** All that was counted, beside what was before. */
export function Figures({ report }: { report: Report }) {
  const { comparison } = report;
  const { changes } = comparison;
  const counts = COUNTS.map(([field, word]) => [
    t(word),
    number(report[field]),
    number(comparison[field]),
    <Change {...changes[field]} />,
  ]);
  const rate = [
    t('rate'),
    percent(report.conversion_rate ?? 0),
    percent(comparison.conversion_rate ?? 0),
    changes.conversion_rate ? <RateChange report={report} /> : '–',
  ];
  return (
    <Table
      label={t('reportFigures')}
      columns={[
        { title: t('figure') },
        { title: t('thisOne'), numeric: true },
        { title: t('theOneBefore'), numeric: true },
        { title: t('change'), numeric: true },
      ]}
      rows={[...counts.slice(0, 3), rate, ...counts.slice(3), ...revenueRows(report)]}
    />
  );
}

export function RateChange({ report: { comparison } }: { report: Report }) {
  const { changes, total_clicks, conversion_rate } = comparison;
  if (!changes.conversion_rate) return null;
  return <Change {...changes.conversion_rate} rateBefore={total_clicks === 0 ? null : conversion_rate} />;
}

/** A line for each currency of the one or the other. */
function revenueRows({ revenue, comparison }: Report) {
  return comparison.changes.revenue.flatMap(({ currency, absolute, percent: relative }) => {
    const [now, before] = [revenue, comparison.revenue].map((all) => all.find((one) => one.currency === currency));
    const text = (value: number) => money(String(value), 'XXX');
    const average = (one: typeof now) =>
      one?.average_order_value == null ? '–' : money(one.average_order_value, 'XXX');
    return [
      [
        t('revenueIn', { currency }),
        money(now?.amount ?? '0', 'XXX'),
        money(before?.amount ?? '0', 'XXX'),
        <Change absolute={Number(absolute)} percent={relative} text={text} />,
      ],
      [t('averageIn', { currency }), average(now), average(before), ''],
    ];
  });
}
