import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveBinView } from '../../../../../live/application/answers/live.answer.js';
import { clock, number, t } from '../../language/language.js';
import { pointed, pointedPlace } from '../../parts/charts/pointed.js';
import { Readout } from '../../parts/charts/readout.js';
import { ceilingOf, QUARTERS } from '../../parts/charts/scale.js';
import { zone } from '../../shell/window.js';
import { SHOWN_BINS } from './bins.js';

const [HEIGHT, LEFT, TOP, BASE] = [240, 40, 10, 212];
const MARKS = [120, 90, 60, 30, 0];
const CHEERS = 'var(--conversion)';
const HATE = 'var(--bad)';

/** Cheers with hate on top, the bin that fills paler. */
export function Bars({ bins }: { bins: readonly LiveBinView[] }) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const measured = new ResizeObserver(() => setWidth(place.current?.clientWidth ?? 0));
    measured.observe(place.current!);
    return () => measured.disconnect();
  }, []);
  const times = bins.map(({ time }) => Date.parse(time));
  const at = pointedPlace(times);
  const step = (width - LEFT) / SHOWN_BINS;
  const left = (place: number) => LEFT + (place + SHOWN_BINS - bins.length) * step;
  const point = ({ offsetX }: MouseEvent) =>
    (pointed.value = times[Math.floor((offsetX - LEFT) / step) - (SHOWN_BINS - bins.length)] ?? null);
  const bin = at === null ? undefined : bins[at];
  return (
    <div class="bars" ref={place} style={{ height: `${HEIGHT}px` }} aria-hidden="true">
      {width > 0 && (
        <svg width={width} height={HEIGHT} onMouseMove={point} onMouseLeave={() => (pointed.value = null)}>
          <Lines width={width} most={ceiling(bins)} />
          {at !== null && <rect x={left(at)} y={TOP} width={step} height={BASE - TOP} fill="var(--grid)" />}
          {bins.map((one, place) => (
            <Bar of={one} x={left(place) + step * 0.1} width={step * 0.8} most={ceiling(bins)} />
          ))}
        </svg>
      )}
      {bin !== undefined && (
        <Readout
          at={(left(at!) + step / 2) / width}
          title={clock(bin.time, zone())}
          rows={[
            { label: t('cheers'), color: CHEERS, text: number(bin.cheers) },
            { label: t('hate'), color: HATE, text: number(bin.hate) },
          ]}
        />
      )}
    </div>
  );
}

const ceiling = (bins: readonly LiveBinView[]): number =>
  ceilingOf(Math.max(0, ...bins.map(({ cheers, hate }) => cheers + hate)), true);

function Lines({ width, most }: { width: number; most: number }) {
  return (
    <>
      {QUARTERS.map((quarter) => {
        const y = BASE - (quarter / 4) * (BASE - TOP);
        return (
          <>
            <line x1={LEFT} x2={width} y1={y} y2={y} stroke="var(--grid)" />
            <text x={LEFT - 8} y={y + 4} text-anchor="end">
              {number((most * quarter) / 4)}
            </text>
          </>
        );
      })}
      {MARKS.map((ago) => (
        <text
          x={LEFT + ((120 - ago) / 120) * (width - LEFT)}
          y={HEIGHT - 8}
          text-anchor={ago === 0 ? 'end' : ago === 120 ? 'start' : 'middle'}
        >
          {ago === 0 ? t('now') : `−${ago} s`}
        </text>
      ))}
    </>
  );
}

function Bar({
  of: { cheers, hate, final },
  x,
  width,
  most,
}: {
  of: LiveBinView;
  x: number;
  width: number;
  most: number;
}) {
  const tall = (votes: number) => (votes / most) * (BASE - TOP);
  const [low, high] = [tall(cheers), tall(hate)];
  const gap = low > 0 && high > 0 ? 1 : 0;
  const rounded = Math.min(2, width / 4);
  return (
    <g opacity={final ? 1 : 0.45}>
      <rect x={x} y={BASE - low} width={width} height={low} rx={rounded} fill={CHEERS} />
      <rect x={x} y={BASE - low - high} width={width} height={Math.max(0, high - gap)} rx={rounded} fill={HATE} />
    </g>
  );
}
