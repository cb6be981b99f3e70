import { pointedPlace } from './charts/pointed.js';

const WIDTH = 240;
const HEIGHT = 32;

interface Of {
  /** Null: there is none. */
  readonly values: readonly (number | null)[];
  /** Epoch milliseconds. */
  readonly times: readonly number[];
  readonly color: string;
  /** Marked by a dashed line. */
  readonly limit?: number | null;
}

/** The course of a figure, without axes: what it is says the tile. A line marks the moment that another chart points at. */
export function Sparkline({ values, times, color, limit = null }: Of) {
  const at = pointedPlace(times);
  const known = [...values, limit].filter((value) => value !== null);
  const most = Math.max(...known, 0);
  const least = Math.min(...known, most);
  const height = (value: number) => HEIGHT - 3 - ((value - least) / (most - least || 1)) * (HEIGHT - 6);
  const step = WIDTH / Math.max(1, values.length - 1);
  const begins = (at: number) => at === 0 || values[at - 1] === null;
  const path = values
    .map((value, at) =>
      value === null ? '' : `${begins(at) ? 'M' : 'L'}${(at * step).toFixed(1)} ${height(value).toFixed(1)}`,
    )
    .join('');
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} fill="none" stroke={`var(${color})`} stroke-width="1.5" vector-effect="non-scaling-stroke" />
      {limit !== null && (
        <path
          d={`M0 ${height(limit)}H${WIDTH}`}
          stroke="var(--warn)"
          stroke-dasharray="4 4"
          vector-effect="non-scaling-stroke"
        />
      )}
      {at !== null && (
        <path d={`M${at * step} 0V${HEIGHT}`} stroke="var(--control)" vector-effect="non-scaling-stroke" />
      )}
    </svg>
  );
}
