import type { HeatmapSummary } from '../../../../../../heatmap/application/answers/summary.answer.js';
import type { Layer } from '../reading/filters.js';
import { binned, coarser, type Grid, type Place, type Spot, type Weighted, weighted } from './cells.js';
import { onElement, type ShownPage } from './projection.js';
import { placeInViewport, type Seen } from './typical-page.js';

/** What is drawn of a layer. */
export interface Drawn {
  readonly points: readonly Weighted[];
  /** By cells that people read. */
  readonly grid: Grid;
  /** All of the layer, drawn or not. */
  readonly clicks: number;
  /** Clicks that stand on the element that they hit, as the page is now. */
  readonly matched: number;
}

interface Click extends Seen {
  readonly scroll_y: number | null;
}

/**
 * Where a click is drawn. On a page that we can look into: on what it hit. Else where it was in the document; on what is fixed:
 * where it was in the window, since that has no place of its own in the document.
 *
 * @returns null: nowhere
 */
export function placeOf(click: Click, layer: Layer, page: ShownPage | null): Place | null {
  // The grid is of the figures as they are counted.
  const place = page === null || layer === 'grid' ? undefined : onElement(click.target, page);
  if (place !== undefined) return place;
  return layer === 'fixed' ? placeInViewport(click) : { x: click.x, y: click.y };
}

/** @param page the page as it is now, where we can look into it */
export function drawn(summary: HeatmapSummary, layer: Layer, page: ShownPage | null): Drawn {
  const events = summary.events.filter(({ fixed }) => fixed === (layer === 'fixed'));
  const known: readonly Spot<HeatmapSummary['events'][number]>[] =
    layer === 'fixed' ? events.map((of) => ({ x: 0, y: 0, clicks: 1, of })) : weighted(summary.grid, events);
  let matched = 0;
  const points = known.flatMap(({ of, ...point }) => {
    if (of === null) return [point];
    const place = placeOf(of, layer, page);
    if (place === null) return [];
    if (page !== null && layer !== 'grid' && onElement(of.target, page) !== undefined) matched += 1;
    return [{ x: place.x, y: place.y, clicks: point.clicks }];
  });
  return {
    points,
    grid: layer === 'grid' ? coarser(summary.grid) : binned(points),
    clicks: layer === 'fixed' ? summary.fixed.total_clicks : summary.total_clicks,
    matched,
  };
}
