import { pointed, pointedPlace } from '../../parts/charts/pointed.js';
import { Readout } from '../../parts/charts/readout.js';
import { ceilingOf } from '../../parts/charts/scale.js';
import { isNamed, type Pair } from './course.js';

const HEIGHT = 64;
/** A share of the width of a part. */
const GAP = 0.24;

interface Of {
  readonly pairs: readonly Pair[];
  /** Name of a variable of the style sheet. */
  readonly color: string;
  readonly whole: boolean;
  readonly text: (value: number) => string;
  /** A part's name, below it and beside the pointer. */
  readonly nameOf: (time: string, short: boolean) => string;
  /** The names of the two. */
  readonly words: readonly [now: string, before: string];
}

/** Each part beside that of the window before, which is pale. It has no size of its own, so that it prints as wide as the paper. */
export function PairedBars({ pairs, color, whole, text, nameOf, words }: Of) {
  const times = pairs.map(({ time }) => Date.parse(time));
  const most = ceilingOf(Math.max(0, ...pairs.flatMap(({ now, before }) => [now ?? 0, before ?? 0])), whole);
  const tall = (value: number | null) => ((value ?? 0) / most) * HEIGHT;
  const wide = (1 - GAP) / 2;
  const at = pointedPlace(times);
  const point = ({ currentTarget, clientX }: MouseEvent) => {
    const { left, width } = (currentTarget as Element).getBoundingClientRect();
    pointed.value = times[Math.floor(((clientX - left) / width) * times.length)] ?? null;
  };
  const bar = (value: number | null, x: number, pale: boolean) => (
    <rect
      x={x}
      y={HEIGHT - tall(value)}
      width={wide}
      height={tall(value)}
      fill={`var(${color})`}
      opacity={pale ? 0.32 : 1}
    />
  );
  const pair = at === null ? undefined : pairs[at];
  return (
    <div class="paired" aria-hidden="true">
      <span class="most">{text(most)}</span>
      <svg
        viewBox={`0 0 ${pairs.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        onMouseMove={point}
        onMouseLeave={() => (pointed.value = null)}
      >
        {[0, HEIGHT / 2, HEIGHT].map((y) => (
          <path d={`M0 ${y}H${pairs.length}`} stroke="var(--grid)" vector-effect="non-scaling-stroke" />
        ))}
        {at !== null && <rect x={at} width={1} height={HEIGHT} fill="var(--grid)" />}
        {pairs.map(({ now, before }, place) => (
          <>
            {bar(before, place + GAP / 2, true)}
            {bar(now, place + GAP / 2 + wide, false)}
          </>
        ))}
      </svg>
      <div class="names">
        {pairs.map(({ time }, place) =>
          isNamed(place, pairs.length) ? (
            <span style={{ left: `${((place + 0.5) / pairs.length) * 100}%` }}>{nameOf(time, true)}</span>
          ) : null,
        )}
      </div>
      {pair !== undefined && (
        <Readout
          at={(at! + 0.5) / pairs.length}
          title={nameOf(pair.time, false)}
          rows={[
            { label: words[0], color: `var(${color})`, text: pair.now === null ? '–' : text(pair.now) },
            { label: words[1], color: `var(--control)`, text: pair.before === null ? '–' : text(pair.before) },
          ]}
        />
      )}
    </div>
  );
}
