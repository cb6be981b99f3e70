import { useState } from 'preact/hooks';
import { clock, number, oneDecimal, t } from '../../language/language.js';
import { type Line, LineChart } from '../../parts/charts/line-chart.js';
import { Legend } from '../../parts/charts/readout.js';
import { Table } from '../../parts/table.js';
import { zone } from '../../shell/window.js';
import { type Moment, SHOWN_MS } from './history.js';

const HEIGHT = 160;
const COLORS = ['--click', '--conversion', '--sale'];

/** How fast it records, and how long messages wait: as this page saw it since it was opened. */
export function Courses({ history }: { history: readonly Moment[] }) {
  const [zoom, setZoom] = useState<readonly [number, number] | null>(null);
  const topics = [...new Set(history.flatMap(({ waits }) => [...waits.keys()]))].sort();
  const seconds = (value: number) => t('seconds', { n: oneDecimal(value) });
  const last = history.at(-1)?.at ?? Date.now();
  const course = (title: string, sub: string, lines: readonly Line[], leftText: (value: number) => string) => (
    <div class="card">
      <div class="row">
        <div>
          <h2>{title}</h2>
          <p class="sub">{sub}</p>
        </div>
        {zoom === null ? (
          lines.length > 1 && <Legend of={lines.map(({ label, color }) => ({ label, color: `var(${color})` }))} />
        ) : (
          <button class="btn" onClick={() => setZoom(null)}>
            {t('wholeCourse')}
          </button>
        )}
      </div>
      <LineChart
        times={history.map(({ at }) => at)}
        lines={lines}
        zone={zone()}
        height={HEIGHT}
        window={zoom ?? [last - SHOWN_MS, last]}
        leftText={leftText}
        whole={false}
        onSelect={(from, to) => setZoom([from, to])}
      />
      <details class="behind">
        <summary>{t('chartTable')}</summary>
        <Table
          label={title}
          columns={[{ title: t('time') }, ...lines.map(({ label }) => ({ title: label, numeric: true }))]}
          rows={history
            .map(({ at }, place) => [
              clock(at, zone()),
              ...lines.map(({ values, text }) => (values[place] == null ? '–' : text(values[place]))),
            ])
            .reverse()}
        />
      </details>
    </div>
  );
  const rate = { label: t('recording'), color: '--click', values: history.map((one) => one.rate), text: rateText };
  return (
    <section class="cols two">
      {course(t('recording'), t('recordingSub'), [rate], number)}
      {course(
        t('waiting'),
        t('waitingSub'),
        topics.map((topic, place) => ({
          label: topic,
          color: COLORS[place % COLORS.length]!,
          values: history.map(({ waits }) => waits.get(topic) ?? null),
          text: seconds,
        })),
        (value) => t('seconds', { n: number(value) }),
      )}
    </section>
  );
}

export const rateText = (rate: number): string =>
  t('perSecond', { n: rate < 10 ? oneDecimal(rate) : number(Math.round(rate)) });
