import type { HeatmapSummary } from '../../../../../heatmap/application/answers/summary.answer.js';
import { number, t, wholePercent } from '../../language/language.js';
import { BarCell, Table } from '../../parts/table.js';

const [WIDTH, HEIGHT] = [100, 100];
const MARKS = [0, 0.25, 0.5, 0.75, 1];

/** How far views got: the deeper, the fewer. */
export function Reach({ summary: { reach, views_without_depth } }: { summary: HeatmapSummary }) {
  const known = reach.some(({ share }) => share > 0);
  const line = [{ depth: 0, share: 1 }, ...reach]
    .map(({ depth, share }, at) => `${at === 0 ? 'M' : 'L'}${share * WIDTH} ${depth * HEIGHT}`)
    .join('');
  return (
    <div class="card">
      <h2>{t('reach')}</h2>
      <p class="sub">{known ? t('reachSub') : t('reachNone')}</p>
      {known && (
        <>
          <div class="reach" aria-hidden="true">
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
              <path d={`${line}L0 ${HEIGHT}L0 0Z`} fill="var(--accent-soft)" />
              <path
                d={line}
                fill="none"
                stroke="var(--accent)"
                stroke-width="1.75"
                vector-effect="non-scaling-stroke"
              />
            </svg>
            {MARKS.map((depth) => (
              <span style={{ top: `${depth * 100}%` }}>{wholePercent(depth)}</span>
            ))}
          </div>
          <details class="behind">
            <summary>{t('chartTable')}</summary>
            <Table
              label={t('reach')}
              columns={[{ title: t('depth') }, { title: t('share'), numeric: true }]}
              rows={reach.map(({ depth, share }) => [wholePercent(depth), wholePercent(share)])}
            />
          </details>
        </>
      )}
      {views_without_depth > 0 && <p class="sub">{t('reachWithout', { n: number(views_without_depth) })}</p>}
    </div>
  );
}

/** How far down the page people were when they clicked. */
export function Scrolled({ summary: { scroll_distribution: bands } }: { summary: HeatmapSummary }) {
  const most = bands.reduce((sofar, { clicks }) => Math.max(sofar, clicks), 1);
  return (
    <div class="card bands">
      <h2>{t('scrolled')}</h2>
      {bands.length > 0 && <p class="sub">{t('scrolledSub')}</p>}
      <Table
        label={t('scrolled')}
        empty={t('scrolledNone')}
        columns={[{ title: t('from') }, { title: t('clicks'), numeric: true }]}
        rows={bands.map(({ from, to, clicks }) => [
          <BarCell part={clicks / most}>
            {number(from)}–{number(to)}
          </BarCell>,
          number(clicks),
        ])}
      />
    </div>
  );
}
