const WIDTH = 240;
const HEIGHT = 32;

/** The course of a figure, without axes: what it is says the tile. */
export function Sparkline({ values, color }: { values: readonly number[]; color: string }) {
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
    </svg>
  );
}
