import { useMemo } from 'preact/hooks';
import type { AlertRuleView } from '../../../../../alerts/application/answers/alert-rule.answer.js';
import type { Point, Timeseries } from '../../../../../metrics/application/answers/timeseries.answer.js';
import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { dateTime, number, percent, t, type Word } from '../../language/language.js';
import { isRelative } from '../../parts/alerts/kinds.js';
import { LineChart } from '../../parts/charts/line-chart.js';
import type { Line } from '../../parts/charts/line-chart.js';
import { Legend } from '../../parts/charts/readout.js';
import { Table } from '../../parts/table.js';
import { go, withParameters } from '../../shell/address.js';

const LEGEND = [
  ['clicks', '--click'],
  ['conversions', '--conversion'],
  ['sales', '--sale'],
  ['rateShort', '--text'],
] as const;
const HEIGHT = 250;
const LIMITS_EVERY_MS = 60_000;
const MOST_LIMITS = 2;

/** The evolution in time, beside that of the window that it is compared with. */
export function Course({ series }: { series: Timeseries }) {
  const { points, interval, tz } = series;
  const before = useMemo(() => clicksBefore(series), [series]);
  const limits = useLimits();
  const select = (from: number, to: number) =>
    go(withParameters({ period: null, from: new Date(from).toISOString(), to: new Date(to).toISOString() }));
  return (
    <section class="card">
      <div class="row">
        <div>
          <h2>{t('chartTitle')}</h2>
          <p class="sub">
            {t('chartSub', { interval: t(`interval_${interval}` as Word) })} · {t('chartZoom')}
            {limits.length > 0 && ` ${t('chartLimit')}`}
          </p>
        </div>
        <Legend of={LEGEND.map(([word, color]) => ({ label: t(word).toLowerCase(), color: `var(${color})` }))} />
      </div>
      <LineChart
        times={points.map(({ time }) => Date.parse(time))}
        lines={[...limits.map((limit) => limitLine(limit, points)), ...linesOf(points, before)]}
        zone={tz}
        height={HEIGHT}
        fills={points.at(-1)?.partial ?? false}
        leftText={number}
        rightText={(rate) => `${number(rate)} %`}
        onSelect={select}
      />
      <details class="behind">
        <summary>{t('chartTable')}</summary>
        <Table
          label={t('chartTitle')}
          columns={[
            { title: t('time') },
            { title: t('clicks'), numeric: true },
            { title: t('conversions'), numeric: true },
            { title: t('sales'), numeric: true },
            { title: t('rate'), numeric: true },
          ]}
          rows={points.map((point) => [
            dateTime(point.time, tz),
            number(point.total_clicks),
            number(point.total_conversions),
            number(point.total_sales),
            percent(point.conversion_rate ?? 0),
          ])}
        />
      </details>
    </section>
  );
}

/** The window before lies under the others. @param before its clicks; null: there is none to compare with */
function linesOf(points: readonly Point[], before: readonly (number | null)[] | null): readonly Line[] {
  const counts = (field: 'total_clicks' | 'total_conversions' | 'total_sales', word: Word, color: string): Line => ({
    label: t(word),
    color,
    values: points.map((point) => point[field]),
    text: number,
  });
  const clicks = counts('total_clicks', 'clicks', '--click');
  const earlier = { ...clicks, label: t('clicksBefore'), values: before ?? [], pale: true };
  const rate = points.map((point) => point.conversion_rate);
  return [
    ...(before === null ? [] : [earlier]),
    clicks,
    counts('total_conversions', 'conversions', '--conversion'),
    counts('total_sales', 'sales', '--sale'),
    { label: t('rate'), color: '--text', values: rate, text: percent, right: true },
  ];
}

/** Rules that fire where the rate crosses a line. None where rules may not be read. */
function useLimits(): readonly AlertRuleView[] {
  const { data } = useAnswer('limits', (signal) => get('/alerts/rules', {}, signal), LIMITS_EVERY_MS);
  const drawn = (data?.rules ?? []).filter(
    ({ enabled, metric, condition }) => enabled && metric === 'conversion_rate' && !isRelative(condition),
  );
  return drawn.slice(0, MOST_LIMITS);
}

const limitLine = ({ name, threshold }: AlertRuleView, points: readonly Point[]): Line => ({
  label: name,
  color: '--warn',
  values: points.map(() => Number(threshold)),
  text: percent,
  right: true,
  dashed: true,
});

/** Point by point; null: it is compared with nothing. */
function clicksBefore({ window, points, comparison }: Timeseries): readonly (number | null)[] | null {
  if (comparison === undefined) return null;
  const shift = Date.parse(window.from) - Date.parse(comparison.window.from);
  const byTime = new Map(comparison.points.map((point) => [Date.parse(point.time) + shift, point.total_clicks]));
  // If clocks were changed, or the window is no whole number of buckets, buckets are compared by their places.
  return points.map(({ time }, at) => byTime.get(Date.parse(time)) ?? comparison.points[at]?.total_clicks ?? null);
}
