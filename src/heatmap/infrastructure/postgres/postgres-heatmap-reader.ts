import { Injectable } from '@nestjs/common';
import type { QueryConfig } from 'pg';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Database } from '../../../platform/postgres/database.js';
import type { HeatmapSummary } from '../../application/answers/summary.answer.js';
import {
  type Counted,
  type ElementCounts,
  type HeatmapFilter,
  HeatmapReader,
  type PageCounts,
} from '../../application/heatmap-reader.port.js';
import { type ByDevice, byDevice } from '../../domain/device-class.js';
import type { CellCount, Grid } from '../../domain/grid.js';
import { BAND_BITS, type ClickCounts, NO_BAND, OTHER_LAYER } from '../../domain/packed-clicks.js';
import type { ViewCounts } from '../../domain/packed-views.js';
import { DEPTHS } from '../../domain/reach.js';
import { countClicks } from './count-clicks.sql.js';
import { countElements } from './count-elements.sql.js';
import { countPages } from './count-pages.sql.js';
import { countLateViews, countViews } from './count-views.sql.js';
import { type Asking, FactsQuestions } from './facts-questions.js';
import { HoursReader } from './kept/hours-reader.js';
import { drawnClicks, newestClicks, type NewestRow } from './newest-clicks.sql.js';

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
  private readonly facts: FactsQuestions;
  private readonly hours: HoursReader;

  constructor(database: Database, clock: Clock) {
    super();
    this.facts = new FactsQuestions(database);
    this.hours = new HoursReader(this.facts, clock);
  }

  async clicks(
    filter: HeatmapFilter,
    window: TimeRange,
    grid: Grid,
    signal?: AbortSignal,
  ): Promise<Counted<ClickCounts>> {
    const fromHours = await this.hours.clicks(filter, window, grid, signal);
    if (fromHours) return fromHours;
    const clicks = (kept: TimeRange) => countClicks({ filter, window: kept }, grid);
    const { result, ...counted } = await this.ask<ClicksRow>(window, clicks, { signal });
    const answer = { result: clickCounts(result, grid), ...counted };
    this.hours.learnClicks(filter, grid, answer);
    return answer;
  }

  async elements(
    filter: HeatmapFilter,
    window: TimeRange,
    most: number,
    signal?: AbortSignal,
  ): Promise<Counted<ElementCounts>> {
    const counts = (kept: TimeRange) => countElements({ filter, window: kept }, most);
    const { result, ...counted } = await this.ask<ElementsRow>(window, counts, { signal });
    const { elements, of_all, clicks_of_all, without_element, sessions, above_fold, with_fold } = result;
    const rest = { elements: of_all - elements.length, clicks: clicks_of_all - clicksOf(elements) };
    return {
      result: { elements, rest, withoutElement: without_element, sessions, aboveFold: above_fold, withFold: with_fold },
      ...counted,
    };
  }

  async views(filter: HeatmapFilter, window: TimeRange, signal?: AbortSignal): Promise<Counted<ViewCounts>> {
    const fromHours = await this.hours.views(filter, window, signal);
    if (fromHours) return fromHours;
    const ask = (statement: typeof countViews) =>
      this.ask<{ steps: Steps; late: number }>(window, (kept) => statement({ filter, window: kept }), { signal });
    const first = await ask(countViews);
    const { result, ...counted } = first.result.late > 0 ? await ask(countLateViews) : first;
    const answer = { result: viewCounts(result.steps), ...counted };
    this.hours.learnViews(filter, answer);
    return answer;
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
    const { result } = await this.ask<NewestRow>(window, newest, { signal, pace });
    return drawnClicks(result);
  }

  async pages(window: TimeRange, most: number, signal?: AbortSignal): Promise<Counted<PageCounts>> {
    const { result, ...counted } = await this.ask<PagesRow>(window, (kept) => countPages(kept, most), { signal });
    const { pages, of_all, clicks_of_all } = result;
    const rest = { pages: of_all - pages.length, clicks: clicks_of_all - clicksOf(pages) };
    return { result: { pages, rest }, ...counted };
  }

  private async ask<Row extends object>(
    window: TimeRange,
    statement: (kept: TimeRange) => QueryConfig,
    asking: Asking,
  ): Promise<Counted<Row>> {
    const { result, ...counted } = await this.facts.ask<Row>(window, statement, asking);
    return { result: result[0]!, ...counted };
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
    byDevice: devices(rest.map(([both, clicks]) => [both >> BAND_BITS, clicks])),
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
    byDevice: devices(steps.map(([device, , views]) => [device, views])),
    reached: DEPTHS.map((_, n) => viewsOf(steps.filter(([, step]) => step !== null && step > n))),
  };
}

function sums(pairs: Pairs): Map<number, number> {
  const totals = new Map<number, number>();
  for (const [key, count] of pairs) totals.set(key, (totals.get(key) ?? 0) + count);
  return totals;
}

function devices(pairs: Pairs): ByDevice {
  const totals = sums(pairs);
  return byDevice((place) => totals.get(place) ?? 0);
}
