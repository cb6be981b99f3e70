import { useEffect, useMemo, useState } from 'preact/hooks';
import type { HeatmapSummary } from '../../../../../heatmap/application/answers/summary.answer.js';
import { number, t, wholePercent } from '../../language/language.js';
import { go, withParameters } from '../../shell/address.js';
import { CellEvents } from './cell-events.js';
import { SHOWN } from './map/cells.js';
import type { Frame } from './map/frame.js';
import { type Drawn, drawn } from './map/layers.js';
import type { ShownPage } from './map/projection.js';
import { Stage } from './map/stage.js';
import { typicalPage } from './map/typical-page.js';
import { useFrame } from './map/use-frame.js';
import type { Filters } from './reading/filters.js';

interface Of {
  readonly summary: HeatmapSummary;
  /** The figures that come later. */
  readonly details: HeatmapSummary | null;
  readonly filters: Filters;
  readonly shown: ShownPage | null;
  readonly vanished: readonly { readonly clicks: number; readonly fixed_clicks: number }[];
  readonly onShown: (page: ShownPage | null) => void;
}

/** The map with what it is of, what it leaves out, and what its colours mean. */
export function MapCard({ summary, details, filters, shown, vanished, onShown }: Of) {
  const { page_url } = summary;
  const { layer, cell, wireframe } = filters;
  const available = useFrame(page_url);
  const [refused, setRefused] = useState(false);
  const frame = wireframe || refused ? null : (available ?? null);
  const look = frame?.own ? shown : null;
  const layerDrawn = useMemo(() => drawn(summary, layer, look, details), [summary, layer, look, details]);
  useEffect(() => {
    if (!frame?.own) onShown(null);
  }, [frame]);
  return (
    <div class="card map-card">
      <div class="row">
        <h2 class="long">{page_url}</h2>
        {available && !refused && (
          <button
            class="btn"
            aria-pressed={wireframe}
            onClick={() => go(withParameters({ page: wireframe ? null : 'wireframe' }))}
          >
            {t('wireframe')}
          </button>
        )}
      </div>
      <p class="sub">{whatItIs(summary, layerDrawn, layer === 'fixed')}</p>
      {available === undefined ? (
        <div class="skeleton stage" />
      ) : (
        <Stage
          summary={summary}
          drawn={layerDrawn}
          filters={filters}
          frame={frame}
          shown={look}
          onShown={onShown}
          onRefused={() => setRefused(true)}
        />
      )}
      <Notes
        frame={frame}
        chosen={wireframe}
        summary={summary}
        drawn={layerDrawn}
        look={look !== null}
        vanished={vanished}
      />
      {cell !== null && (
        <CellEvents
          cell={cell}
          clicks={layerDrawn.grid[cell.row]?.[cell.column] ?? 0}
          layer={layer}
          summary={summary}
          shown={look}
        />
      )}
    </div>
  );
}

function whatItIs(
  { device, devices, fixed, clicks_without_position }: HeatmapSummary,
  of: Drawn,
  isFixed: boolean,
): string {
  const all = devices.reduce((sum, { clicks }) => sum + clicks, 0);
  const shares = devices
    .filter(({ clicks }) => clicks > 0)
    .map((one) => `${t(one.device === 'unknown' ? 'unknownDevice' : one.device)} ${wholePercent(one.clicks / all)}`)
    .join(', ');
  const clicks = { clicks: number(of.clicks), fixed: number(fixed.total_clicks) };
  const drawnHere = Math.round(of.points.reduce((sum, { clicks: some }) => sum + some, 0));
  return [
    device === null ? t('devicesMixed', { shares: shares || '–' }) : t('deviceAlone', { device: t(device) }),
    t('cells', { n: SHOWN }),
    t(isFixed ? 'fixedClicks' : 'mapClicks', clicks),
    ...(isFixed && drawnHere < of.clicks ? [t('fixedDrawn', { n: number(drawnHere) })] : []),
    ...(clicks_without_position > 0 ? [t('withoutPosition', { n: number(clicks_without_position) })] : []),
  ].join(' · ');
}

interface NotesOf {
  readonly frame: Frame | null;
  /** Whether the wireframe was chosen, although there is a frame. */
  readonly chosen: boolean;
  readonly summary: HeatmapSummary;
  readonly drawn: Drawn;
  readonly look: boolean;
  readonly vanished: Of['vanished'];
}

/** Says what lies below the clicks, and how exactly they lie on it. */
function Notes({ frame, chosen, summary, drawn: { matched }, look, vanished }: NotesOf) {
  const { width } = useMemo(() => typicalPage(summary.events, summary.device), [summary]);
  const lost = vanished.reduce((sum, { clicks }) => sum + clicks, 0);
  const below =
    frame === null
      ? t(chosen ? 'wireframeChosen' : 'noFrame')
      : t(frame.own ? 'framed' : 'framedAway', { width: number(width) });
  return (
    <p class="sub notes" role="status">
      {below}
      {look && matched > 0 && ` ${t('reprojected', { n: number(matched) })}`}
      {look && lost > 0 && (
        <b class="warn" data-unmatched={lost}>
          {` ${t('unmatched', { clicks: number(lost), elements: number(vanished.length) })}`}
        </b>
      )}
    </p>
  );
}
