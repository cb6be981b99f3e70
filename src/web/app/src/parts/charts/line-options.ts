import uPlot from 'uplot';
import { clock, dayMonth } from '../../language/language.js';
import { colour } from '../../shell/theme.js';
import type { Chart, Line } from './line-chart.js';
import { ceilingOf, QUARTERS } from './scale.js';

const LEFT = 'left';
const RIGHT = 'right';
const PALE = 0.35;
/** Less was a press, not a drag. Pixels. */
const LEAST_DRAG = 8;
const DASH = [6, 4];
const LABEL_ROOM = 14;
const DIGIT_WIDTH = 7;

/** @param latest what the chart is of, as it is when it paints. @param point is told the time under the pointer */
export function optionsOf(
  latest: { readonly current: Chart },
  width: number,
  point: (time: number | null) => void,
): uPlot.Options {
  const { lines, zone, height, rightText, onSelect } = latest.current;
  const grid = { stroke: colour('--grid'), width: 1 };
  const axis = { stroke: colour('--faint'), grid, ticks: { show: false }, font: '11px system-ui' };
  const upright = (scale: string, text: () => Chart['leftText']): uPlot.Axis => ({
    ...axis,
    scale,
    gap: 6,
    size: (_, labels) => LABEL_ROOM + DIGIT_WIDTH * Math.max(2, ...(labels ?? []).map(({ length }) => length)),
    splits: (plot) => QUARTERS.map((quarter) => ((plot.scales[scale]?.max ?? 4) * quarter) / 4),
    values: (_, ticks) => ticks.map((tick) => text()(tick)),
  });
  const whole = latest.current.whole ?? true;
  return {
    width,
    height,
    padding: [8, rightText ? 0 : 12, 0, 0],
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    cursor: { drag: { x: onSelect !== undefined, y: false, setScale: false }, y: false, points: { size: 6 } },
    scales: {
      x: {
        range: (_, least, most) =>
          (latest.current.window?.map((time) => time / 1000) ?? [least, most]) as [number, number],
      },
      [LEFT]: { range: (_, __, most) => [0, ceilingOf(most ?? 0, whole)] },
      [RIGHT]: { range: (_, __, most) => [0, ceilingOf(most ?? 0, false)] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        space: 80,
        grid: { show: false },
        values: (plot, ticks) => ticks.map((tick) => uncut(plot, tick, tickText(tick * 1000, ticks, zone))),
      },
      upright(LEFT, () => latest.current.leftText),
      ...(rightText
        ? [{ ...upright(RIGHT, () => latest.current.rightText!), side: 1 as const, grid: { show: false } }]
        : []),
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, latest))],
    hooks: {
      setCursor: [({ cursor: { idx, left } }) => point(idx == null || left! < 0 ? null : latest.current.times[idx]!)],
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select;
          if (wide < LEAST_DRAG) return;
          const at = (pixels: number) => plot.posToVal(pixels, 'x') * 1000;
          latest.current.onSelect?.(at(left), at(left + wide));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function seriesOf(
  { color, right = false, pale = false, dashed = false }: Line,
  latest: { readonly current: Chart },
): uPlot.Series {
  const full = colour(color);
  const faded = full.replace(')', `, ${PALE})`);
  return {
    scale: right ? RIGHT : LEFT,
    width: right || dashed ? 1.25 : 1.75,
    ...(dashed ? { dash: DASH } : {}),
    // A line begins with its second value.
    points: { show: (_, __, first, last) => last - first < 2, size: 4 },
    stroke: (plot) => (pale ? faded : latest.current.fills ? fillingStroke(plot, full, faded) : full),
  };
}

/** Paler from the last value but one: what still fills is no fall. */
function fillingStroke(plot: uPlot, full: string, faded: string): CanvasGradient | string {
  const times = plot.data[0];
  const [first, before, last] = [times[0], times.at(-2), times.at(-1)];
  if (first === undefined || before === undefined || last === undefined) return full;
  const [from, turn, to] = [first, before, last].map((time) => plot.valToPos(time, 'x', true)) as [
    number,
    number,
    number,
  ];
  if (![from, turn, to].every(Number.isFinite) || to <= from) return full;
  const gradient = plot.ctx.createLinearGradient(from, 0, to, 0);
  const part = Math.min(1, Math.max(0, (turn - from) / (to - from)));
  gradient.addColorStop(part, full);
  gradient.addColorStop(part, faded);
  return gradient;
}

/** A label that would be cut at an edge is left out. */
function uncut(plot: uPlot, tick: number, label: string): string {
  const middle = plot.over.offsetLeft + plot.valToPos(tick, 'x');
  const half = (label.length * DIGIT_WIDTH) / 2;
  return middle < half || middle > plot.width - half ? '' : label;
}

function tickText(at: number, ticks: readonly number[], zone: string): string {
  const days = ((ticks.at(-1) ?? 0) - (ticks[0] ?? 0)) / 86_400 > 2;
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  if (days) return dayMonth(at, zone);
  return step >= 60 ? clock(at, zone).replace(/:\d\d(?=\D*$)/, '') : clock(at, zone);
}
