import type { HeatmapSummary } from '../../../../../../heatmap/application/answers/summary.answer.js';
import type { Layer } from '../reading/filters.js';
import { binned, coarser, type Grid, type Place, type Weighted, weighted } from './cells.js';
import { onElement, type ShownPage } from './projection.js';
import { placeInViewport, type Seen } from './typical-page.js';

/** The drawing of a layer. */
export interface Drawn {
  readonly points: readonly Weighted[];
  /** Its clicks by the cells that people read. */
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
 * The place where a click is drawn. On a page that we can look into, this is on the element that it hit. Otherwise it is
 * where the click was in the document. A click on a fixed element is drawn where it was in the window, because it has no
 * place of its own in the document. @returns null: nowhere
 */
export function placeOf(click: Click, layer: Layer, page: ShownPage | null): Place | null {
  // The grid is of the figures as they are counted.
  const place = page === null || layer === 'grid' ? undefined : onElement(click.target, page);
  if (place !== undefined) return place;
  return layer === 'fixed' ? placeInViewport(click) : { x: click.x, y: click.y };
}

/**
 * Every click of a layer, with the place where it is drawn. @param details the elements that were hit, once they are known.
 * @param page the page as it is now, if we can look into it
 */
export function drawn(
  summary: HeatmapSummary,
  layer: Layer,
  page: ShownPage | null = null,
  details: HeatmapSummary | null = null,
): Drawn {
  const isFixed = layer === 'fixed';
  const clicks = isFixed ? summary.fixed.total_clicks : summary.total_clicks;
  if (!isFixed && (page === null || layer === 'grid')) {
    const events = summary.events.filter(({ fixed }) => !fixed);
    return { points: weighted(summary.grid, events), grid: coarser(summary.grid), clicks, matched: 0 };
  }
  const events = summary.events.filter(({ fixed }) => fixed === isFixed);
  const spots = [...known(events, isFixed, clicks, details), ...unknown(events, isFixed, page, details)];
  let matched = 0;
  const points = spots.flatMap(({ of, clicks: weight }) => {
    const place = placeOf(of, layer, page);
    if (place === null) return [];
    if (page !== null && onElement(of.target, page) !== undefined) matched += weight;
    return [{ ...place, clicks: weight }];
  });
  return { points, grid: binned(points), clicks, matched: Math.round(matched) };
}

type Event = HeatmapSummary['events'][number];
interface Known {
  readonly of: Click;
  /** That it stands for. */
  readonly clicks: number;
}

const nameOf = ({ target }: Event): string => target?.selector ?? '';

/** The newest clicks, each standing for its part of all that hit the same element. */
function known(events: readonly Event[], fixed: boolean, clicks: number, details: HeatmapSummary | null): Known[] {
  const totals = totalsOf(fixed, details);
  const named = [...totals.values()].reduce((sum, total) => sum + total, details?.rest_of_elements?.clicks ?? 0);
  if (details !== null) totals.set('', Math.max(0, clicks - named));
  const counts = new Map<string, number>();
  for (const event of events) counts.set(nameOf(event), (counts.get(nameOf(event)) ?? 0) + 1);
  return events.map((of) => {
    const name = nameOf(of);
    return { of, clicks: Math.max(1, (totals.get(name) ?? 0) / counts.get(name)!) };
  });
}

/** Elements that none of the newest clicks hit, with where in them they were hit before: on a page that we can look into. */
function unknown(
  events: readonly Event[],
  fixed: boolean,
  page: ShownPage | null,
  details: HeatmapSummary | null,
): Known[] {
  if (page === null) return [];
  const hit = new Set(events.map(nameOf));
  const totals = totalsOf(fixed, details);
  return (details?.elements ?? [])
    .filter(({ selector }) => !hit.has(selector) && totals.get(selector)! > 0)
    .flatMap(({ selector, clicks, places }) =>
      places.map(({ x, y, clicks: here }) => ({
        of: { ...NOWHERE, target: { selector, x, y } },
        clicks: (here * totals.get(selector)!) / clicks,
      })),
    );
}

/** The clicks of a layer, by element. */
const totalsOf = (fixed: boolean, details: HeatmapSummary | null): Map<string, number> =>
  new Map(
    details?.elements?.map(({ selector, clicks, fixed_clicks }) => [
      selector,
      fixed ? fixed_clicks : clicks - fixed_clicks,
    ]),
  );

/** It has a place only in its element. */
const NOWHERE = {
  x: 0,
  y: 0,
  viewport_width: null,
  viewport_height: null,
  document_width: null,
  document_height: null,
  scroll_y: null,
};
