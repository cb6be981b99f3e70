import { get } from '../../api/client.js';
import type { Report } from '../../api/reports.js';
import { useAnswer } from '../../api/use-answer.js';
import { dateTime, number, percent, t, type Word } from '../../language/language.js';
import { Change } from '../../parts/change.js';
import { Explained } from '../../parts/explained.js';
import { Failed, Skeleton } from '../../parts/states.js';
import { Table } from '../../parts/table.js';
import { pairsOf, type Shown, SHOWN } from './course.js';
import { Figures, RateChange } from './figures.js';
import { PairedBars } from './paired-bars.js';
import { Parts } from './parts.js';
import { beforeText, partText, titleOf, windowText } from './words.js';

const BARS_HEIGHT = 92;

const LOOKS = {
  total_clicks: { word: 'clicks', meaning: 'clicksMeaning', color: '--click' },
  total_conversions: { word: 'conversions', meaning: 'conversionsMeaning', color: '--conversion' },
  total_sales: { word: 'sales', meaning: 'salesMeaning', color: '--sale' },
  conversion_rate: { word: 'rate', meaning: 'rateMeaning', color: '--text' },
} as const satisfies Record<Shown, { word: Word; meaning: Word; color: string }>;

/** A finished day, week or month on one sheet of paper. */
export function Sheet({ report }: { report: Report }) {
  const { report: name, tz, window, comparison, as_of } = report;
  const series = useSeries(report);
  return (
    <article class="sheet">
      <div class="row head">
        <div>
          <h2>{titleOf(name, window, tz)}</h2>
          <p class="sub">
            {t('reportSub', { range: windowText(name, comparison.window, tz), zone: tz })} ·{' '}
            {t(name === 'daily' ? 'reportBars' : 'reportDayBars', { before: beforeText(name) })}
          </p>
        </div>
        <p class="sub">{t('reportAsOf', { time: dateTime(as_of, tz) })}</p>
      </div>
      <section class="tiles pairs-of-bars" aria-label={t('reports')}>
        {SHOWN.map((field) => (
          <div class="tile">
            <div class="k">
              <i style={{ background: `var(${LOOKS[field].color})` }} aria-hidden="true" />
              <Explained meaning={t(LOOKS[field].meaning)}>{t(LOOKS[field].word)}</Explained>
            </div>
            <div class="row">
              <div class="v" data-figure={field}>
                {textOf(field)(report[field] ?? 0)}
              </div>
              {field === 'conversion_rate' ? <RateChange report={report} /> : <Change {...comparison.changes[field]} />}
            </div>
            {series.data !== null ? (
              <PairedBars
                pairs={pairsOf(field, series.data.now, series.data.before)}
                color={LOOKS[field].color}
                whole={field !== 'conversion_rate'}
                text={textOf(field)}
                nameOf={(time, short) => partText(name, time, tz, short)}
                words={[t('thisOne'), t('theOneBefore')]}
              />
            ) : series.error === null ? (
              <Skeleton height={BARS_HEIGHT} />
            ) : (
              <div class="paired" />
            )}
          </div>
        ))}
      </section>
      {series.error !== null && <Failed error={series.error} again={series.again} />}
      {series.data !== null && <Behind report={report} points={series.data.now} />}
      <section class="card">
        <h2>{t('reportFigures')}</h2>
        <Figures report={report} />
      </section>
      <Parts window={window} />
    </article>
  );
}

const textOf = (field: Shown) => (field === 'conversion_rate' ? percent : number);

type Series = { readonly now: readonly Point[]; readonly before: readonly Point[] };
type Point = Parameters<typeof pairsOf>[1][number];

function useSeries({ report, window, comparison, tz }: Report) {
  const interval = report === 'daily' ? 'hour' : 'day';
  const points = async ({ from, to }: Report['window'], signal: AbortSignal) =>
    (await get('/metrics/timeseries', { from, to, interval, tz }, signal)).points;
  const ask = async (signal: AbortSignal): Promise<Series> => {
    const [now, before] = await Promise.all([points(window, signal), points(comparison.window, signal)]);
    return { now, before };
  };
  return useAnswer(JSON.stringify([window, comparison.window, interval, tz]), ask);
}

function Behind({ report: { report, tz }, points }: { report: Report; points: readonly Point[] }) {
  return (
    <details class="behind">
      <summary>{t('chartTable')}</summary>
      <Table
        label={t('chartTitle')}
        columns={[{ title: t('time') }, ...SHOWN.map((field) => ({ title: t(LOOKS[field].word), numeric: true }))]}
        rows={points.map((point) => [
          partText(report, point.time, tz, false),
          ...SHOWN.map((field) => textOf(field)(point[field] ?? 0)),
        ])}
      />
    </details>
  );
}
