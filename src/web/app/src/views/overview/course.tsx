import { useMemo } from 'preact/hooks';
import type { Timeseries } from '../../../../../metrics/application/answers/timeseries.answer.js';
import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { dateTime, number, percent, t, type Word } from '../../language/language.js';
import { Table } from '../../parts/table.js';
import { go, withParameters } from '../../shell/address.js';
import { FiguresChart } from './figures-chart.js';

const LEGEND = [
  ['clicks', '--click'],
  ['conversions', '--conversion'],
  ['sales', '--sale'],
  ['rateShort', '--text'],
] as const;

/** The evolution in time, beside that of the window before. */
export function Course({ series, compared }: { series: Timeseries; compared: boolean }) {
  const { points, interval, tz } = series;
  const before = useWindowBefore(series, compared);
  const select = (from: number, to: number) =>
    go(withParameters({ period: null, from: new Date(from).toISOString(), to: new Date(to).toISOString() }));
  return (
    <section class="card">
      <div class="row">
        <div>
          <h2>{t('chartTitle')}</h2>
          <p class="sub">
            {t('chartSub', { interval: t(`interval_${interval}` as Word) })} · {t('chartZoom')}
          </p>
        </div>
        <div class="legend" aria-hidden="true">
          {LEGEND.map(([word, color]) => (
            <span>
              <i style={{ background: `var(${color})` }} />
              {t(word).toLowerCase()}
            </span>
          ))}
        </div>
      </div>
      <FiguresChart points={points} before={before} zone={tz} onSelect={select} />
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

/** Asked again only when the window has moved by a hundredth: it hardly changes. */
function useWindowBefore({ window, interval, tz, points }: Timeseries, compared: boolean): readonly (number | null)[] {
  const [from, to] = [Date.parse(window.from), Date.parse(window.to)];
  const length = to - from;
  const step = Math.max(60_000, length / 100);
  const question = compared ? JSON.stringify([Math.floor(from / step), length, interval, tz]) : null;
  const asked = { from: new Date(from - length).toISOString(), to: window.from, interval, tz };
  const { data } = useAnswer(question, (signal) => get('/metrics/timeseries', asked, signal));
  return useMemo(() => {
    const earlier = compared ? (data?.points ?? []) : [];
    const byTime = new Map(earlier.map((point) => [Date.parse(point.time) + length, point.total_clicks]));
    // Where clocks were changed, or the window is no whole number of buckets, by their places.
    return points.map(({ time }, at) => byTime.get(Date.parse(time)) ?? earlier[at]?.total_clicks ?? null);
  }, [data, points, compared]);
}
