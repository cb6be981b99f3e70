import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clock, dateTime } from '../../language/language.js';
import { repaint } from '../../shell/theme.js';
import { optionsOf } from './line-options.js';
import { pointed, pointedPlace } from './pointed.js';
import { Readout } from './readout.js';

export interface Line {
  readonly label: string;
  /** Name of a variable of the style sheet. */
  readonly color: string;
  readonly values: readonly (number | null)[];
  readonly text: (value: number) => string;
  /** Whether the line belongs to the axis on the right. */
  readonly right?: boolean;
  readonly pale?: boolean;
  readonly dashed?: boolean;
}

export interface Chart {
  /** Epoch milliseconds, oldest first. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly zone: string;
  readonly height: number;
  /** Epoch milliseconds; without it from the first time to the last. */
  readonly window?: readonly [number, number] | undefined;
  /** Whether the last value may still grow. */
  readonly fills?: boolean;
  readonly whole?: boolean;
  readonly leftText: (value: number) => string;
  readonly rightText?: (value: number) => string;
  /** Is called with the span that was dragged over, epoch milliseconds. */
  readonly onSelect?: (from: number, to: number) => void;
}

/** Courses in time, by one or two axes. The pointer reads all of them at once, in every chart of the view; dragging selects. */
export function LineChart(chart: Chart) {
  const { times, lines, zone, height, window } = chart;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(chart);
  latest.current = chart;
  const paints = repaint.value;
  const shape = JSON.stringify([zone, height, paints, lines.map(({ label, color, right }) => [label, color, right])]);
  useEffect(() => {
    const box = place.current!;
    const made = new uPlot(optionsOf(latest, box.clientWidth, point), [[]], box);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }));
    resized.observe(box);
    return () => {
      resized.disconnect();
      made.destroy();
      pointed.value = null;
    };
  }, [shape]);
  const values = JSON.stringify([window, times, lines.map((line) => line.values)]);
  useEffect(() => {
    const data = [times.map((time) => time / 1000), ...lines.map((line) => [...line.values])];
    plot.current?.setData(data as uPlot.AlignedData);
  }, [shape, values]);
  const at = pointedPlace(times);
  const time = at === null ? undefined : times[at];
  const left = time === undefined || plot.current === null ? null : plot.current.valToPos(time / 1000, 'x');
  useEffect(() => plot.current?.setCursor({ left: left ?? -10, top: left === null ? -10 : 0 }, false), [left]);
  return (
    <div class="line-chart" style={{ height: `${height}px` }} aria-hidden="true">
      <div ref={place} />
      {left !== null && time !== undefined && left >= 0 && (
        <Readout
          at={(left + (plot.current?.over.offsetLeft ?? 0)) / (place.current?.clientWidth || 1)}
          title={titleOf(times, time, zone)}
          rows={lines.map(({ label, color, values: of, text }) => ({
            label,
            color: `var(${color})`,
            text: of[at!] == null ? '–' : text(of[at!]!),
          }))}
        />
      )}
    </div>
  );
}

const DAY_MS = 86_400_000;

const titleOf = (times: readonly number[], time: number, zone: string): string =>
  times.at(-1)! - times[0]! < DAY_MS / 4 ? clock(time, zone) : dateTime(time, zone);

function point(time: number | null): void {
  pointed.value = time;
}
