import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Point } from '../../../../../metrics/application/answers/timeseries.answer.js';
import { clock, dateTime, number, percent, t } from '../../language/language.js';
import { colour, repaint } from '../../shell/theme.js';

interface Of {
  readonly points: readonly Point[];
  /** Clicks of the window before, by the same places; null where there is none. */
  readonly before: readonly (number | null)[];
  readonly zone: string;
  /** Epoch milliseconds. */
  readonly onSelect: (from: number, to: number) => void;
}

const COUNTS = 'counts';
const RATE = 'rate';
const HEIGHT = 280;

/** Counts on the left, the rate on the right; the pointer reads all at once, dragging looks closer. */
export function FiguresChart({ points, before, zone, onSelect }: Of) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const select = useRef(onSelect);
  select.current = onSelect;
  const paints = repaint.value;
  useEffect(() => {
    const box = place.current!;
    chart.current = new uPlot(optionsFor(box.clientWidth, zone, select), [[]], box);
    const resized = new ResizeObserver(() => chart.current?.setSize({ width: box.clientWidth, height: HEIGHT }));
    resized.observe(box);
    return () => {
      resized.disconnect();
      chart.current?.destroy();
    };
  }, [zone, paints]);
  useEffect(() => {
    chart.current?.setData([
      points.map(({ time }) => Date.parse(time) / 1000),
      points.map((_, at) => before[at] ?? null),
      points.map((point) => point.total_clicks),
      points.map((point) => point.total_conversions),
      points.map((point) => point.total_sales),
      points.map((point) => point.conversion_rate),
    ]);
  }, [points, before, zone, paints]);
  return <div ref={place} class="figures-chart" aria-hidden="true" />;
}

function optionsFor(width: number, zone: string, select: { current: Of['onSelect'] }): uPlot.Options {
  const grid = { stroke: colour('--grid'), width: 1 };
  const axis = { stroke: colour('--faint'), grid, ticks: { show: false }, font: '11px system-ui' };
  const count = (label: string, variable: string, alpha = 1): uPlot.Series => ({
    label,
    scale: COUNTS,
    stroke: colour(variable),
    alpha,
    width: 1.75,
    points: { show: false },
    value: (_, value) => (value === null ? '–' : number(value)),
  });
  return {
    width,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    cursor: { drag: { x: true, y: false, setScale: false }, sync: { key: 'figures' }, points: { size: 6 } },
    scales: {
      [COUNTS]: { range: (_, __, most) => [0, Math.max(4, most * 1.1)] },
      [RATE]: { range: (_, __, most) => [0, Math.max(1, most * 1.2)] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        grid: { show: false },
        values: (_, ticks) => ticks.map((tick) => tickText(tick * 1000, ticks, zone)),
      },
      { ...axis, scale: COUNTS, size: 52, values: (_, ticks) => ticks.map(number) },
      {
        ...axis,
        scale: RATE,
        side: 1,
        size: 52,
        grid: { show: false },
        values: (_, ticks) => ticks.map((tick) => `${number(tick)} %`),
      },
    ],
    series: [
      { label: t('time'), value: (_, seconds) => (seconds === null ? '–' : dateTime(seconds * 1000, zone)) },
      count(t('clicksBefore'), '--click', 0.3),
      count(t('clicks'), '--click'),
      count(t('conversions'), '--conversion'),
      count(t('sales'), '--sale'),
      {
        ...count(t('rateShort'), '--text', 0.8),
        scale: RATE,
        value: (_, value) => (value === null ? '–' : percent(value)),
      },
    ],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select;
          if (wide < 8) return;
          const at = (pixels: number) => plot.posToVal(pixels, 'x') * 1000;
          select.current(at(left), at(left + wide));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function tickText(at: number, ticks: readonly number[], timeZone: string): string {
  const days = ((ticks.at(-1) ?? 0) - (ticks[0] ?? 0)) / 86_400 > 2;
  return days
    ? new Intl.DateTimeFormat(document.documentElement.lang, { day: 'numeric', month: 'short', timeZone }).format(at)
    : clock(at, timeZone).replace(/:\d\d(?=\D*$)/, '');
}
