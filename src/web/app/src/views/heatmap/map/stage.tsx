import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { HeatmapSummary } from '../../../../../../heatmap/application/answers/summary.answer.js';
import { number, t } from '../../../language/language.js';
import { go, withParameters } from '../../../shell/address.js';
import { cellText, type Filters } from '../reading/filters.js';
import { CellGrid } from './cell-grid.js';
import { type Cell, cellOf, mostOf, SHOWN } from './cells.js';
import { topOf } from './colour-scale.js';
import { densityOf } from './density.js';
import type { Frame } from './frame.js';
import { FramedPage } from './framed-page.js';
import { HeatCanvas } from './heat-canvas.js';
import type { Drawn } from './layers.js';
import { Legend } from './legend.js';
import { outlines } from './outlines.js';
import type { ShownPage } from './projection.js';
import { placeInViewport, seenAt, typicalPage } from './typical-page.js';
import { Wireframe } from './wireframe.js';

/** The height of a page whose length nobody tells, in its widths. */
const USUAL_LENGTH = 1.27;
/** More is not seen: heat has no edges. */
const MOST_PIXELS = 3_000_000;
/** How far a click is seen, in parts of the width. */
const RADIUS = 0.045;
const [LEAST_RADIUS, MOST_RADIUS] = [14, 32];

/** Figures need more room than a phone has. */
const SCROLLS = { role: 'region', tabIndex: 0, 'aria-label': t('grid') } as const;

interface Of {
  readonly summary: HeatmapSummary;
  readonly drawn: Drawn;
  readonly filters: Filters;
  readonly frame: Frame | null;
  readonly shown: ShownPage | null;
  readonly onShown: (page: ShownPage) => void;
  readonly onRefused: () => void;
}

/** Draws the page, and on it where it was clicked. */
export function Stage({ summary, drawn, filters, frame, shown, onShown, onRefused }: Of) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const measured = new ResizeObserver(() => setWidth(place.current?.clientWidth ?? 0));
    measured.observe(place.current!);
    return () => measured.disconnect();
  }, []);
  const { layer, cell, transparency } = filters;
  const isFixed = layer === 'fixed';
  const { page_url, device, events } = summary;
  const typical = useMemo(() => typicalPage(events, device), [events, device]);
  const boxes = useMemo(() => outlinesOf(summary, isFixed, typical.width), [events, isFixed, typical.width]);
  const long = isFixed ? typical.viewportHeight : (shown?.height ?? typical.height ?? typical.width * USUAL_LENGTH);
  const wide = isFixed ? typical.width : (shown?.width ?? typical.documentWidth);
  const height = Math.round((width * long) / wide);
  const density = useMemo(() => {
    if (width === 0) return null;
    const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
    const radius = Math.min(MOST_RADIUS, Math.max(LEAST_RADIUS, width * RADIUS));
    return densityOf(drawn.points, Math.round(width * scale), Math.round(height * scale), radius * scale);
  }, [drawn.points, width, height]);
  const top = topOf(layer === 'grid' ? mostOf(drawn.grid) : (density?.most ?? 0));
  const fold = shown === null ? typical.fold : Math.min(1, typical.viewportHeight / shown.height);
  const pick = (picked: Cell) => go(withParameters({ cell: cellText(picked) }));
  return (
    <>
      <div class="stage-room" data-layer={layer} {...(layer === 'grid' && SCROLLS)}>
        <div class="stage" ref={place} style={{ height: `${height}px`, maxWidth: `${wide}px` }}>
          <div class="backdrop" inert>
            {frame === null && <Wireframe boxes={boxes} />}
            {frame !== null && width > 0 && (
              <FramedPage
                frame={frame}
                page={page_url}
                width={typical.width}
                viewportHeight={typical.viewportHeight}
                height={typical.height}
                scale={width / wide}
                within={isFixed ? 'viewport' : 'document'}
                onShown={onShown}
                onRefused={onRefused}
              />
            )}
          </div>
          {layer === 'grid' ? (
            <CellGrid grid={drawn.grid} label={t('gridLabel', { page: page_url })} picked={cell} pick={pick} />
          ) : (
            density !== null && (
              <>
                <HeatCanvas
                  density={density}
                  top={top}
                  label={t('mapLabel', { page: page_url, clicks: number(drawn.clicks) })}
                  transparency={transparency}
                />
                <Pointed grid={drawn.grid} picked={cell} pick={pick} />
              </>
            )
          )}
          {!isFixed && fold !== null && (
            <div class="fold" style={{ top: `${fold * 100}%` }}>
              {layer !== 'grid' && <span>{t('fold')}</span>}
            </div>
          )}
        </div>
      </div>
      <Legend top={top} layer={layer} transparency={transparency} />
    </>
  );
}

/** Shows the cell under the pointer with its figure, and the one that was picked. The keyboard reaches cells in the grid. */
function Pointed({ grid, picked, pick }: { grid: Drawn['grid']; picked: Cell | null; pick: (cell: Cell) => void }) {
  const [at, setAt] = useState<Cell | null>(null);
  const under = ({ offsetX, offsetY, currentTarget }: MouseEvent) => {
    const { clientWidth, clientHeight } = currentTarget as HTMLElement;
    return cellOf({ x: offsetX / clientWidth, y: offsetY / clientHeight }, SHOWN, SHOWN);
  };
  const shown = at ?? picked;
  return (
    <div
      class="pointing"
      aria-hidden="true"
      onMouseMove={(event) => setAt(under(event))}
      onMouseLeave={() => setAt(null)}
      onClick={(event) => pick(under(event))}
    >
      {shown !== null && shown.row < SHOWN && shown.column < SHOWN && (
        <div
          class="picked"
          style={{
            left: `${(shown.column * 100) / SHOWN}%`,
            top: `${(shown.row * 100) / SHOWN}%`,
            width: `${100 / SHOWN}%`,
            height: `${100 / SHOWN}%`,
          }}
        >
          <span class={`${shown.column < SHOWN / 2 ? 'right' : 'left'}`}>
            {t('cellClicks', { clicks: number(grid[shown.row]![shown.column]!) })}
          </span>
        </div>
      )}
    </div>
  );
}

function outlinesOf({ events }: HeatmapSummary, fixed: boolean, width: number) {
  const clicks = seenAt(
    width,
    events.filter((event) => event.fixed === fixed),
  );
  if (!fixed) return outlines(clicks);
  return outlines(
    clicks.flatMap((event) => {
      const place = placeInViewport(event);
      return place === null ? [] : [{ ...event, ...place }];
    }),
  );
}
