import type { LiveBinView } from '../../../../../live/application/answers/live.answer.js';
import { clock, number, t } from '../../language/language.js';
import { Table } from '../../parts/table.js';
import { zone } from '../../shell/window.js';

const BARS = 60;
const [WIDTH, HEIGHT, LEFT, TOP, BASE] = [1160, 260, 40, 10, 230];
const STEP = (WIDTH - LEFT - 10) / BARS;
const LINES = 4;

/** A scale that moves seldom: 4, 8, 20, 40, 80 … */
const ceiling = (most: number): number => {
  for (let unit = 4; ; unit *= 10) for (const times of [1, 2, 5]) if (most <= unit * times) return unit * times;
};

/** Cheers with hate on top, the bin that fills paler. */
export function Bars({ bins }: { bins: readonly LiveBinView[] }) {
  const most = ceiling(Math.max(...bins.map(({ cheers, hate }) => cheers + hate), 0));
  const tall = (votes: number) => (votes / most) * (BASE - TOP);
  return (
    <>
      <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {Array.from({ length: LINES + 1 }, (_, line) => {
          const y = BASE - tall((most * line) / LINES);
          return (
            <>
              <line x1={LEFT} x2={WIDTH - 10} y1={y} y2={y} stroke="var(--grid)" />
              <text x={LEFT - 8} y={y + 4} text-anchor="end">
                {number((most * line) / LINES)}
              </text>
            </>
          );
        })}
        {bins.map(({ cheers, hate, final }, at) => {
          const x = LEFT + 4 + (at + BARS - bins.length) * STEP;
          const [low, high] = [tall(cheers), tall(hate)];
          return (
            <g opacity={final ? 1 : 0.45}>
              <rect x={x} y={BASE - low} width={STEP - 4} height={low} rx="2" fill="var(--conversion)" />
              <rect
                x={x}
                y={BASE - low - high}
                width={STEP - 4}
                height={Math.max(0, high - 1)}
                rx="2"
                fill="var(--bad)"
              />
            </g>
          );
        })}
        {[120, 90, 60, 30, 0].map((ago) => (
          <text
            x={LEFT + ((120 - ago) / 120) * (WIDTH - LEFT - 10)}
            y={HEIGHT - 8}
            text-anchor={ago === 0 ? 'end' : 'start'}
          >
            {ago === 0 ? t('now') : `-${ago} s`}
          </text>
        ))}
      </svg>
      <details class="behind">
        <summary>{t('chartTable')}</summary>
        <Table
          label={t('votesTitle')}
          columns={[
            { title: t('time') },
            ...(['cheers', 'hate', 'clicks', 'conversions', 'sales'] as const).map((word) => ({
              title: t(word),
              numeric: true,
            })),
          ]}
          rows={[...bins]
            .reverse()
            .map(({ time, cheers, hate, clicks, conversions, sales }) => [
              clock(time, zone()),
              ...[cheers, hate, clicks, conversions, sales].map(number),
            ])}
        />
      </details>
    </>
  );
}
