import { BrokenRule } from '../../../platform/broken-rule.js';
import { type MergeOutcome, NOTHING_MERGED, tallied } from '../../domain/merge-tally.js';
import type { Region } from '../../domain/region-list.js';
import { REGIONS_VARIABLES } from '../../regions.variables.js';
import type { FactsAnswer } from '../answers/facts.answer.js';
import type { MergeAsked, MergeClaim, MergeEnd, MergeProgress } from './merge-log.port.js';
import { mergeErasures } from './merge-erasures.js';
import { checkMergeable, MergeRefused } from './mergeable.js';
import type { MergerParts } from './merger-parts.js';
import { OtherRegionFailed } from './other-region.port.js';
import { PageMerger } from './page-merger.js';

/** Pages that are being recorded at once: as many as PostgreSQL has writers. The next one is read meanwhile. */
const PAGES_IN_FLIGHT = 2;

/** A merge that has begun. */
export interface RunningMerge {
  readonly id: string;
  /** Never rejects. */
  readonly done: Promise<MergeReport>;
}

export type MergeReport = MergeProgress & MergeEnd;

/** REGIONS has none of this name. */
export class UnknownRegion extends BrokenRule {
  override readonly name = 'UnknownRegion';
  constructor(name: string, known: readonly string[]) {
    const message = known.length === 0 ? 'REGIONS names no other region' : `must be one of ${known.join(', ')}`;
    super(400, 'unknown_region', `There is no region ${name} to merge from: ${message}.`, [{ field: 'from', message }]);
  }
}

/**
 * Merges what another region recorded into this one: the union of both, by identity. It begins where the last merge ended, page by
 * page; a page counts as read once it is recorded, so a merge that is killed at any point is run again and finds what it did.
 */
export class Merger {
  private readonly pages: PageMerger;

  constructor(private readonly parts: MergerParts) {
    this.pages = new PageMerger(parts);
  }

  /**
   * @param signal ends it after the pages that are being recorded. @param onProgress hears of every page
   * @throws {UnknownRegion} @throws {MergeUnderWay}
   */
  async begin(
    asked: MergeAsked,
    signal: AbortSignal,
    onProgress: (progress: MergeProgress) => void = () => undefined,
  ): Promise<RunningMerge> {
    const region = this.regionOf(asked.region);
    const claim = await this.parts.log.claim();
    try {
      const id = await this.parts.log.begin(asked);
      const stopping = AbortSignal.any([signal, claim.lost]);
      return { id, done: this.run({ id, region, asked, stopping, onProgress }, claim) };
    } catch (error) {
      await claim.release();
      throw error;
    }
  }

  private regionOf(name: string): Region {
    const list = this.parts.config.of(REGIONS_VARIABLES).REGIONS;
    const region = list?.find(name) ?? null;
    if (region === null) throw new UnknownRegion(name, list?.all.map((known) => known.name) ?? []);
    return region;
  }

  private async run(merge: Merge, claim: MergeClaim): Promise<MergeReport> {
    const { log, logger } = this.parts;
    const { id, asked } = merge;
    const seen: Seen = { progress: { tally: NOTHING_MERGED, deadLetters: null, heldBack: null } };
    let end: MergeEnd = { state: 'done', code: null, detail: null };
    try {
      await this.walk(merge, seen);
    } catch (error) {
      end = endOf(error, merge.stopping);
      logger.warn({ err: error, region: asked.region, merge: id }, 'a merge did not come to its end');
    }
    const report = { ...seen.progress, ...end };
    try {
      await log.end(id, seen.progress, end);
    } catch (error) {
      logger.warn({ err: error, merge: id }, 'how a merge ended could not be written down');
    }
    await claim.release();
    const { tally, deadLetters } = report;
    logger.info(
      { region: asked.region, merge: id, dryRun: asked.dryRun, ...tally, deadLetters, ...end },
      'merge ended',
    );
    return report;
  }

  private async walk({ id, region, asked, stopping, onProgress }: Merge, seen: Seen): Promise<void> {
    const { log } = this.parts;
    const movesOn = !asked.dryRun && asked.since === null;
    await mergeErasures(this.parts, region, asked.dryRun, stopping);
    const settled = async ({ page, outcomes }: Recording) => {
      seen.progress = progressAfter(seen.progress, page, await outcomes);
      if (movesOn) await log.advance(region.name, page.watermark);
      await log.progress(id, seen.progress);
      onProgress(seen.progress);
    };
    const inFlight: Recording[] = [];
    let committed: number | null = null;
    let cursor = asked.since === null ? await log.watermark(region.name) : null;
    let next: Promise<FactsAnswer> | null = this.ask(region, cursor, asked, stopping);
    try {
      while (next !== null) {
        const page: FactsAnswer = await next;
        checkMergeable(page, this.parts.config);
        committed ??= Date.parse(page.as_of) - page.held_back_ms;
        cursor = page.next_cursor;
        next = cursor === null ? null : this.ask(region, cursor, asked, stopping);
        if (inFlight.length >= PAGES_IN_FLIGHT) await settled(inFlight.shift()!);
        stopping.throwIfAborted();
        inFlight.push({ page, outcomes: heard(this.pages.merge(page, asked.dryRun)) });
      }
      while (inFlight.length > 0) await settled(inFlight.shift()!);
    } finally {
      // What was handed over is recorded, whatever happened beside it.
      await Promise.allSettled(inFlight.map(({ outcomes }) => outcomes));
    }
    if (movesOn && committed !== null) await log.caughtUp(region.name, committed);
  }

  private ask(region: Region, cursor: string | null, { since }: MergeAsked, signal: AbortSignal): Promise<FactsAnswer> {
    return heard(this.parts.other.facts(region, { cursor, since }, signal));
  }
}

interface Merge {
  readonly id: string;
  readonly region: Region;
  readonly asked: MergeAsked;
  readonly stopping: AbortSignal;
  readonly onProgress: (progress: MergeProgress) => void;
}

interface Seen {
  progress: MergeProgress;
}

/** A page that is being recorded. */
interface Recording {
  readonly page: FactsAnswer;
  readonly outcomes: Promise<readonly MergeOutcome[]>;
}

/** Awaited later: until then nobody else may take its failure for one that nobody hears of. */
function heard<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

function progressAfter(before: MergeProgress, page: FactsAnswer, outcomes: readonly MergeOutcome[]): MergeProgress {
  const heldBack = page.held_back_by === null ? null : { ms: page.held_back_ms, by: page.held_back_by };
  return {
    tally: tallied(before.tally, outcomes),
    deadLetters: page.dead_letters ?? before.deadLetters,
    heldBack: before.heldBack ?? heldBack,
  };
}

function endOf(error: unknown, stopping: AbortSignal): MergeEnd {
  if (stopping.aborted) return { state: 'interrupted', code: null, detail: 'it was stopped: the next merge goes on' };
  const code = error instanceof OtherRegionFailed || error instanceof MergeRefused ? error.code : 'internal';
  return { state: 'failed', code, detail: (error as Error).message };
}
