import { pointedPlace } from './charts/pointed.js';

const WIDTH = 240;
const HEIGHT = 32;

interface Of {
  readonly values: readonly number[];
  /** Epoch milliseconds. */
  readonly times: readonly number[];
  readonly color: string;
}

/** The course of a figure, without axes: what it is says the tile. A line marks the moment that another chart points at. */
export function Sparkline({ values, times, color }: Of) {
  const at = pointedPlace(times);
  const most = Math.max(...values, 0);
  const least = Math.min(...values, most);
  const height = (value: number) => HEIGHT - 3 - ((value - least) / (most - least || 1)) * (HEIGHT - 6);
  const step = WIDTH / Math.max(1, values.length - 1);
  const path = values
    .map((value, at) => `${at ? 'L' : 'M'}${(at * step).toFixed(1)} ${height(value).toFixed(1)}`)
    .join('');
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} fill="none" stroke={`var(${color})`} stroke-width="1.5" vector-effect="non-scaling-stroke" />
      {at !== null && (
        <path d={`M${at * step} 0V${HEIGHT}`} stroke="var(--control)" vector-effect="non-scaling-stroke" />
      )}
    </svg>
  );
}
