import { randomBytes } from 'node:crypto';
import type { QueryConfig } from 'pg';
import { HOUR_MS } from '../../../../events/domain/calendar.js';
import { TimeRange } from '../../../../events/domain/time-range.js';
import type { Clock } from '../../../../platform/clock/clock.js';
import { inTurns } from '../../../../platform/turns/in-turns.js';
import type { Counted, HeatmapFilter } from '../../../application/heatmap-reader.port.js';
import type { Grid } from '../../../domain/grid.js';
import { type ClickCounts, clickCountsOf } from '../../../domain/packed-clicks.js';
import { type ViewCounts, viewCountsOf, WORDS } from '../../../domain/packed-views.js';
import { READ_MS } from '../../../domain/reach.js';
import { hourOf, type HoursPlan, isWhole, outward, planHours } from '../../../domain/whole-hours.js';
import type { FactsQuestions } from '../facts-questions.js';
import { BusyPages } from './busy-pages.js';
import { clicksOfHours, type HoursRow, viewsOfHours } from './hours.sql.js';
import { type KeptHour, KeptHours } from './kept-hours.js';

/** An hour that ended this recently still gets events, so it is read each time. */
const SETTLES_MS = 15 * 60_000;
/** Each further one needs an hour that was changed since the last one. */
const MOST_ATTEMPTS = 3;
const WORD_BYTES = 4;
const CLICK_BYTES = WORD_BYTES;
const EVENT_BYTES = WORDS * WORD_BYTES;
/** A view with one scroll, until the hours are read. */
const EVENTS_OF_VIEW = 2;

/** The hours of a window, or their parts inside it, packed. */
type Hours = ReadonlyMap<number, Uint32Array>;
type Statement = (question: TimeRange, spans: readonly TimeRange[]) => QueryConfig;

/**
 * Counts clicks and views of busy pages. Whole hours are read once and kept. Each question proves, in the snapshot that reads
 * the rest of its window, that what is kept is what the facts say (docs/decisions/0049-hours-of-busy-pages-are-kept.md).
 */
export class HoursReader {
  private readonly seeds: readonly [string, string] = [seed(), seed()];

  constructor(
    private readonly facts: FactsQuestions,
    private readonly clock: Clock,
    private readonly kept = new KeptHours(),
    private readonly busy = new BusyPages(),
  ) {}

  /** Null: they have to be counted in PostgreSQL, and `learnClicks` wants to know how many there were. */
  async clicks(
    filter: HeatmapFilter,
    window: TimeRange,
    grid: Grid,
    signal?: AbortSignal,
  ): Promise<Counted<ClickCounts> | null> {
    const part = clicksOf(filter, grid);
    if (part === null || !this.busy.isBusy(part, window)) return null;
    const counted = await this.hours(
      part,
      window,
      (asked, spans) => clicksOfHours({ filter, window: asked }, grid, spans),
      (covered) => covered,
      signal,
    );
    if (counted === null) return null;
    const answer = { ...counted, result: clickCountsOf(counted.result.values(), grid, filter.device) };
    this.learn(part, counted.window, wordsIn(counted.result), CLICK_BYTES);
    return answer;
  }

  /** The same for views. */
  async views(filter: HeatmapFilter, window: TimeRange, signal?: AbortSignal): Promise<Counted<ViewCounts> | null> {
    const part = viewsOf(filter);
    if (part === null || !this.busy.isBusy(part, window)) return null;
    const counted = await this.hours(
      part,
      window,
      (asked, spans) => viewsOfHours({ filter, window: asked }, this.seeds, spans),
      // Packed events say their time, so whole hours do for any window.
      ({ start, end }) => outward(TimeRange.halfOpen(start, end + READ_MS)),
      signal,
    );
    if (counted === null) return null;
    const hours = [...counted.result].map(([hour, events]) => ({ hour, events }));
    const answer = { ...counted, result: await inTurns(viewCountsOf(hours, counted.window, filter.device), signal) };
    this.learn(part, counted.window, wordsIn(counted.result) / WORDS, EVENT_BYTES);
    return answer;
  }

  /** Learns how busy the page is from how many clicks were counted. */
  learnClicks(filter: HeatmapFilter, grid: Grid, { window, result }: Counted<ClickCounts>): void {
    const clicks = Object.values(result.byDevice).reduce((sum, one) => sum + one, 0);
    this.learn(clicksOf(filter, grid), window, clicks * classesBeside(filter), CLICK_BYTES);
  }

  learnViews(filter: HeatmapFilter, { window, result }: Counted<ViewCounts>): void {
    this.learn(viewsOf(filter), window, result.views * EVENTS_OF_VIEW * classesBeside(filter), EVENT_BYTES);
  }

  private learn(part: string | null, window: TimeRange, events: number, eventBytes: number): void {
    if (part !== null) this.busy.learn(part, window, events, events * eventBytes);
  }

  /**
   * @param widened the window whose hours are wanted, from the one that is kept by the facts
   * @returns null when hours were changed again and again while this was asked
   */
  private async hours(
    part: string,
    window: TimeRange,
    statement: Statement,
    widened: (covered: TimeRange) => TimeRange,
    signal?: AbortSignal,
  ): Promise<Counted<Hours> | null> {
    const settled = this.clock.now() - SETTLES_MS;
    const ended = (hour: number) => (hour + 1) * HOUR_MS <= settled;
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      let asked = window;
      let plan: HoursPlan<KeptHour> = { kept: new Map(), spans: [] };
      const counted = await this.facts.ask<HoursRow>(
        window,
        (covered) => {
          asked = widened(covered);
          plan = planHours(asked, (hour) => (ended(hour) ? this.kept.get(part, hour) : undefined));
          return statement(asked, plan.spans.length > 0 ? plan.spans : [NOTHING]);
        },
        { signal },
      );
      const row = counted.result[0]!;
      const proofs = proofsOf(row);
      const read = wordsOf(plan.spans, row);
      for (const [hour, words] of read) {
        const proof = proofs(hour);
        if (proof !== null && ended(hour) && isWhole(hour, asked)) this.kept.keep(part, hour, { words, proof });
      }
      const changed = [...plan.kept].filter(([hour, { proof }]) => proofs(hour) !== proof);
      if (changed.length === 0) {
        for (const [hour, { words }] of plan.kept) read.set(hour, words);
        return { ...counted, result: read };
      }
      for (const [hour] of changed) this.kept.drop(part, hour);
    }
    return null;
  }
}

/** Null: the question is about all pages or about one user, whose hours are not kept. */
const clicksOf = ({ pageUrl, userId }: HeatmapFilter, { rows, columns }: Grid): string | null =>
  pageUrl === null || userId !== null ? null : `clicks ${rows} ${columns} ${pageUrl}`;
const viewsOf = ({ pageUrl, userId }: HeatmapFilter): string | null =>
  pageUrl === null || userId !== null ? null : `views ${pageUrl}`;

/** A class of device is taken for a quarter of all, until the hours are read. */
const classesBeside = ({ device }: HeatmapFilter) => (device === null ? 1 : 4);

const wordsIn = (hours: Hours) => [...hours.values()].reduce((sum, { length }) => sum + length, 0);

const seed = () => randomBytes(8).readBigInt64LE().toString();

/** A statement reads at least one span. */
const NOTHING = TimeRange.halfOpen(0, 0);

/** The proof of an hour in this snapshot; null: nothing can be proven. */
function proofsOf({ era, proofs }: HoursRow): (hour: number) => string | null {
  const ofHours = new Map(proofs);
  return (hour) => (era === null ? null : `${era} ${ofHours.get(hour) ?? ''}`);
}

/** Unpacks what was read of each hour that the spans touch; an hour without events has no words. */
function wordsOf(spans: readonly TimeRange[], { packed }: HoursRow): Map<number, Uint32Array> {
  const words = new Map<number, Uint32Array>();
  for (const { start, end } of spans) {
    for (let hour = hourOf(start); hour * HOUR_MS < end; hour += 1) words.set(hour, new Uint32Array(0));
  }
  for (const [hour, digits] of packed) {
    const bytes = Buffer.from(digits, 'hex');
    const own = new Uint32Array(bytes.length / WORD_BYTES);
    for (let n = 0; n < own.length; n += 1) own[n] = bytes.readUInt32BE(n * WORD_BYTES);
    words.set(hour, own);
  }
  return words;
}
