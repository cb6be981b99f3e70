import { Injectable } from '@nestjs/common';
import type { QueryConfig, QueryResultRow } from 'pg';
import { HOUR_MS } from '../../../events/domain/calendar.js';
import { RangeTooLong } from '../../../events/domain/counts/range-too-long.js';
import { LastSeenBounds } from '../../../events/domain/counts/storage-bounds.js';
import { planFacts } from '../../../events/domain/counts/window-plan.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { Database } from '../../../platform/postgres/database.js';
import { tookTooLong } from '../../../platform/postgres/sql-state.js';
import type { HeatmapSummary } from '../../application/answers/summary.answer.js';
import {
  type ByDevice,
  type ClickCounts,
  type Counted,
  type ElementCounts,
  type HeatmapFilter,
  HeatmapReader,
  type PageCounts,
  type ViewCounts,
} from '../../application/heatmap-reader.port.js';
import { DEVICE_CLASS_NAMES } from '../../domain/device-class.js';
import type { CellCount, Grid } from '../../domain/grid.js';
import { DEPTHS } from '../../domain/reach.js';
import { BAND_BITS, countClicks, NO_BAND, OTHER_LAYER } from './count-clicks.sql.js';
import { countElements } from './count-elements.sql.js';
import { countPages } from './count-pages.sql.js';
import { countLateViews, countViews } from './count-views.sql.js';
import { newestClicks } from './newest-clicks.sql.js';
import { UNKNOWN_DEVICE } from './page-conditions.js';
import { type BoundsRow, boundsOf } from './storage-bounds.sql.js';

type Pairs = readonly (readonly [number, number])[];

interface ClicksRow {
  readonly cells: Pairs;
  readonly rest: Pairs;
}

interface ElementsRow {
  readonly elements: ElementCounts['elements'];
  readonly of_all: number;
  readonly clicks_of_all: number;
  readonly without_element: number;
  readonly sessions: number;
  readonly above_fold: number;
  readonly with_fold: number;
}

interface PagesRow {
  readonly pages: PageCounts['pages'];
  readonly of_all: number;
  readonly clicks_of_all: number;
}

@Injectable()
export class PostgresHeatmapReader extends HeatmapReader {
  private readonly bounds = new LastSeenBounds();

  constructor(private readonly database: Database) {
    super();
  }

  async clicks(
    filter: HeatmapFilter,
    window: TimeRange,
    grid: Grid,
    signal?: AbortSignal,
  ): Promise<Counted<ClickCounts>> {
    const { result, ...counted } = await this.ask<ClicksRow>(
      window,
      (kept) => countClicks({ filter, window: kept }, grid),
      signal,
    );
    return { result: clickCounts(result, grid), ...counted };
  }

  async elements(
    filter: HeatmapFilter,
    window: TimeRange,
    most: number,
    signal?: AbortSignal,
  ): Promise<Counted<ElementCounts>> {
    const { result, ...counted } = await this.ask<ElementsRow>(
      window,
      (kept) => countElements({ filter, window: kept }, most),
      signal,
    );
    const { elements, of_all, clicks_of_all, without_element, sessions, above_fold, with_fold } = result;
    const rest = { elements: of_all - elements.length, clicks: clicks_of_all - clicksOf(elements) };
    return {
      result: { elements, rest, withoutElement: without_element, sessions, aboveFold: above_fold, withFold: with_fold },
      ...counted,
    };
  }

  async views(filter: HeatmapFilter, window: TimeRange, signal?: AbortSignal): Promise<Counted<ViewCounts>> {
    const ask = (statement: typeof countViews) =>
      this.ask<{ steps: Steps; late: number }>(window, (kept) => statement({ filter, window: kept }), signal);
    const first = await ask(countViews);
    const { result, ...counted } = first.result.late > 0 ? await ask(countLateViews) : first;
    return { result: viewCounts(result.steps), ...counted };
  }

  async newest(
    filter: HeatmapFilter,
    window: TimeRange,
    most: number,
    signal?: AbortSignal,
  ): Promise<HeatmapSummary['events']> {
    // A condition that the index does not order by may pass over many rows.
    const pace = filter.device === null && filter.userId === null ? 'fast' : 'slow';
    const newest = (kept: TimeRange) => newestClicks({ filter, window: kept }, most);
    return (await this.ask<Pick<HeatmapSummary, 'events'>>(window, newest, signal, pace)).result.events;
  }

  async pages(window: TimeRange, most: number, signal?: AbortSignal): Promise<Counted<PageCounts>> {
    const { result, ...counted } = await this.ask<PagesRow>(window, (kept) => countPages(kept, most), signal);
    const { pages, of_all, clicks_of_all } = result;
    const rest = { pages: of_all - pages.length, clicks: clicks_of_all - clicksOf(pages) };
    return { result: { pages, rest }, ...counted };
  }

  /**
   * Facts below the floor may be deleted at this moment, so they are left out. If the floor has moved meanwhile, the
   * question is asked again.
   */
  private async ask<Row extends object>(
    window: TimeRange,
    statement: (kept: TimeRange) => QueryConfig,
    signal?: AbortSignal,
    pace: 'fast' | 'slow' = 'slow',
  ): Promise<Counted<Row>> {
    const { plan, answer } = await this.bounds.ask(
      (known) => planFacts(window, known),
      async ({ covered }) => {
        const [row] = await this.inTime<Row & { bounds: BoundsRow }>(statement(covered), window, signal, pace);
        return { bounds: boundsOf(row?.bounds), answer: row! };
      },
    );
    return { result: answer, window: plan.covered, exact: plan.exact };
  }

  /** @throws {RangeTooLong} past the time-out of reads. It proposes half the window, because the cost grows with the events in it */
  private async inTime<Row extends QueryResultRow>(
    statement: QueryConfig,
    { start, end }: TimeRange,
    signal: AbortSignal | undefined,
    pace: 'fast' | 'slow',
  ): Promise<Row[]> {
    try {
      return await this.database.read<Row>(statement, signal, pace);
    } catch (error) {
      if (!tookTooLong(error)) throw error;
      const half = (end - start) / 2;
      const shorter = !Number.isFinite(half)
        ? 'a period'
        : half >= HOUR_MS
          ? `${Math.floor(half / HOUR_MS)} h or less`
          : `${Math.max(1, Math.floor(half / 60_000))} min or less`;
      throw new RangeTooLong(
        'from',
        `holds more clicks and views than can be counted one by one in the time that a read may take: ask for ${shorter}`,
      );
    }
  }
}

const clicksOf = (counts: readonly { readonly clicks: number }[]): number =>
  counts.reduce((total, { clicks }) => total + clicks, 0);

const cellCounts = (pairs: Pairs): CellCount[] => pairs.map(([cell, clicks]) => ({ cell, clicks }));

function clickCounts({ cells: pairs, rest }: ClicksRow, { cells }: Grid): ClickCounts {
  const other = pairs.flatMap(([cell, clicks]) => (cell < OTHER_LAYER ? [] : [[cell - OTHER_LAYER, clicks] as const]));
  const bands = sums(rest.map(([both, clicks]) => [both & NO_BAND, clicks]));
  return {
    placed: cellCounts(pairs.filter(([cell]) => cell < OTHER_LAYER)),
    fixed: cellCounts(other.filter(([cell]) => cell < cells)),
    withoutPosition: sums(other).get(cells) ?? 0,
    byDevice: byDevice(rest.map(([both, clicks]) => [both >> BAND_BITS, clicks])),
    byScroll: [...bands].flatMap(([band, clicks]) => (band === NO_BAND ? [] : [{ band, clicks }])),
    withoutScroll: bands.get(NO_BAND) ?? 0,
  };
}

/** The class of the device, how many depths were reached (null: unknown), and the number of views. */
type Steps = readonly (readonly [number, number | null, number])[];

function viewCounts(steps: Steps): ViewCounts {
  const viewsOf = (wanted: Steps) => wanted.reduce((total, [, , views]) => total + views, 0);
  return {
    views: viewsOf(steps),
    withoutDepth: viewsOf(steps.filter(([, step]) => step === null)),
    byDevice: byDevice(steps.map(([device, , views]) => [device, views])),
    reached: DEPTHS.map((_, n) => viewsOf(steps.filter(([, step]) => step !== null && step > n))),
  };
}

function sums(pairs: Pairs): Map<number, number> {
  const totals = new Map<number, number>();
  for (const [key, count] of pairs) totals.set(key, (totals.get(key) ?? 0) + count);
  return totals;
}

function byDevice(pairs: Pairs): ByDevice {
  const totals = sums(pairs);
  const of = (place: number) => totals.get(place) ?? 0;
  const [phone, tablet, desktop] = DEVICE_CLASS_NAMES.map((_, place) => of(place));
  return { phone: phone!, tablet: tablet!, desktop: desktop!, unknown: of(UNKNOWN_DEVICE) };
}
