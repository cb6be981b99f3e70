import type { Metrics } from '../../../../../metrics/application/answers/metrics.answer.js';
import type { Point } from '../../../../../metrics/application/answers/timeseries.answer.js';
import { number, percent, t, type Word } from '../../language/language.js';
import { Change } from '../../parts/change.js';
import { Explained } from '../../parts/explained.js';
import { Sparkline } from '../../parts/sparkline.js';

const COUNTS = [
  { field: 'total_clicks', word: 'clicks', meaning: 'clicksMeaning', color: '--click' },
  { field: 'total_conversions', word: 'conversions', meaning: 'conversionsMeaning', color: '--conversion' },
  { field: 'total_sales', word: 'sales', meaning: 'salesMeaning', color: '--sale' },
] as const satisfies readonly { field: keyof Metrics; word: Word; meaning: Word; color: string }[];

/** The four figures, each with its change and its course. */
export function Tiles({ metrics, points }: { metrics: Metrics; points: readonly Point[] }) {
  const { comparison, conversion_rate } = metrics;
  const changes = comparison?.changes;
  const times = points.map(({ time }) => Date.parse(time));
  return (
    <section class="tiles" aria-label={t('overview')}>
      {COUNTS.map(({ field, word, meaning, color }) => (
        <div class="tile">
          <div class="k">
            <i style={{ background: `var(${color})` }} aria-hidden="true" />
            <Explained meaning={t(meaning)}>{t(word)}</Explained>
          </div>
          <div class="v" data-figure={field}>
            {number(metrics[field])}
          </div>
          {changes ? <Change {...changes[field]} /> : <span class="c" />}
          <Sparkline values={points.map((point) => point[field])} times={times} color={color} />
        </div>
      ))}
      <div class="tile">
        <div class="k">
          <Explained meaning={t('rateMeaning')}>{t('rate')}</Explained>
        </div>
        <div class="v" data-figure="conversion_rate">
          {percent(conversion_rate ?? 0)}
        </div>
        {comparison && changes?.conversion_rate ? (
          <Change
            {...changes.conversion_rate}
            rateBefore={comparison.total_clicks === 0 ? null : comparison.conversion_rate}
          />
        ) : (
          <span class="c" />
        )}
        <Sparkline values={points.map((point) => point.conversion_rate ?? 0)} times={times} color="--text" />
      </div>
    </section>
  );
}
