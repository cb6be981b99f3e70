import { BrokenRule } from '../../../platform/broken-rule.js';
import { type MergeOutcome, NOTHING_MERGED, tallied } from '../../domain/merge-tally.js';
import type { Region } from '../../domain/region-list.js';
import { REGIONS_VARIABLES } from '../../regions.variables.js';
import type { MergeAsked, MergeClaim, MergeEnd, MergeProgress, Reached } from './merge-log.port.js';
import { CursorCircle } from './cursor-circle.js';
import { mergeErasures } from './merge-erasures.js';
import { checkMergeable, MergeRefused } from './mergeable.js';
import type { MergerParts } from './merger-parts.js';
import { type FactsPage, OtherRegionFailed } from './other-region.port.js';
import { PageMerger } from './page-merger.js';

/**
 * Pages that are recorded at once: one for each writer, and one that is ready for the first of them. The next page is read
 * meanwhile.
 */
const PAGES_IN_FLIGHT = 3;
/** The bytes of these pages together. One larger page passes alone. */
const BYTES_IN_FLIGHT = 6_000_000;
/** The progress is noted after this many pages, and at the end. A merge that is killed reads at most these pages once more. */
const PAGES_A_NOTE = 8;

/** A merge that has begun. */
export interface RunningMerge {
  readonly id: string;
  /** Never rejects. */
  readonly done: Promise<MergeReport>;
}

export type MergeReport = MergeProgress & MergeEnd;

/** REGIONS has no region of this name. */
export class UnknownRegion extends BrokenRule {
  override readonly name = 'UnknownRegion';
  constructor(name: string, known: readonly string[]) {
    const message = known.length === 0 ? 'REGIONS names no other region' : `must be one of ${known.join(', ')}`;
    super(400, 'unknown_region', `There is no region ${name} to merge from: ${message}.`, [{ field: 'from', message }]);
  }
}

/**
 * Merges what another region recorded into this one; the result is the union of both, by identity. It begins where the last
 * merge ended, and goes page by page. A page counts as read once it is recorded. So a merge that was killed can be run
 * again, and finds what it did.
 */
export class Merger {
  private readonly pages: PageMerger;

  constructor(private readonly parts: MergerParts) {
    this.pages = new PageMerger(parts);
  }

  /**
   * @param signal ends it after the pages that are being recorded
   * @param onProgress hears of every page
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
    const walked: Walked = {
      progress: { tally: NOTHING_MERGED, deadLetters: null, heldBack: null },
      reached: null,
      pages: 0,
      noted: Promise.resolve(),
    };
    let end: MergeEnd = { state: 'done', code: null, detail: null };
    try {
      await this.walk(merge, walked);
    } catch (error) {
      end = endOf(error, merge.stopping);
      logger.warn({ err: error, region: asked.region, merge: id }, 'a merge did not come to its end');
    }
    let report = { ...walked.progress, ...end };
    try {
      // If the claim was lost, whoever has it now has come further.
      await log.end(id, walked.progress, end, claim.lost.aborted ? null : walked.reached);
    } catch (error) {
      logger.warn({ err: error, merge: id }, 'how a merge ended could not be written down');
      const detail = `how it ended could not be written down: ${(error as Error).message}`;
      report = { ...report, deadLetters: null, heldBack: null, state: 'failed', code: 'internal', detail };
      // What the other region says of itself may be the cause. Without it nobody takes the merge for one that still runs.
      await log.end(id, report, report, null).catch((again: unknown) => {
        logger.error({ err: again, merge: id }, 'a merge that has ended is shown as running until the next one begins');
      });
    }
    await claim.release();
    const { tally, deadLetters } = report;
    logger.info(
      { region: asked.region, merge: id, dryRun: asked.dryRun, ...tally, deadLetters, ...end },
      'merge ended',
    );
    return report;
  }

  private async walk(merge: Merge, walked: Walked): Promise<void> {
    const { region, asked, stopping } = merge;
    await mergeErasures(this.parts, region, asked.dryRun, stopping);
    const inFlight: Recording[] = [];
    const settleFirst = async () => {
      count(merge, walked, inFlight[0]!.page, await inFlight[0]!.outcomes);
      inFlight.shift();
      if (walked.pages % PAGES_A_NOTE === 0) await this.note(merge, walked);
    };
    let committed: number | null = null;
    const circle = new CursorCircle();
    let cursor = asked.since === null ? await this.parts.log.watermark(region.name) : null;
    let next: Promise<FactsPage> | null = this.ask(region, cursor, asked, stopping);
    try {
      while (next !== null) {
        const page: FactsPage = await next;
        checkMergeable(page, this.parts.config);
        committed ??= Date.parse(page.as_of) - page.held_back_ms;
        cursor = page.next_cursor;
        circle.check(region, cursor);
        next = cursor === null ? null : this.ask(region, cursor, asked, stopping);
        while (isFull(inFlight, page)) await settleFirst();
        stopping.throwIfAborted();
        inFlight.push({ page, outcomes: heard(this.pages.merge(page, asked.dryRun)) });
      }
      while (inFlight.length > 0) await settleFirst();
      if (walked.reached !== null) walked.reached = { ...walked.reached, until: committed };
    } finally {
      // Pages that were handed over are recorded, whatever happened beside them. They count as read up to the first one that
      // is not recorded.
      const ended = await Promise.allSettled(inFlight.map(({ outcomes }) => outcomes));
      for (const [index, recorded] of ended.entries()) {
        if (recorded.status === 'rejected') break;
        count(merge, walked, inFlight[index]!.page, recorded.value);
      }
      await Promise.allSettled([walked.noted]);
    }
  }

  /** Notes run beside the pages that follow, one after the other. */
  private async note({ id }: Merge, walked: Walked): Promise<void> {
    await walked.noted;
    walked.noted = heard(this.parts.log.note(id, walked.progress, walked.reached));
  }

  private ask(region: Region, cursor: string | null, { since }: MergeAsked, signal: AbortSignal): Promise<FactsPage> {
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

/** The state of the walk, page by page. */
interface Walked {
  progress: MergeProgress;
  /** Null: the merge does not move on (a rehearsal for one), or there was no page yet. */
  reached: Reached | null;
  pages: number;
  /** The last note that was begun. */
  noted: Promise<void>;
}

/** A page that is being recorded. */
interface Recording {
  readonly page: FactsPage;
  readonly outcomes: Promise<readonly MergeOutcome[]>;
}

function isFull(inFlight: readonly Recording[], { bytes: more }: FactsPage): boolean {
  if (inFlight.length === 0) return false;
  const bytes = inFlight.reduce((sum, { page }) => sum + page.bytes, more);
  return inFlight.length >= PAGES_IN_FLIGHT || bytes > BYTES_IN_FLIGHT;
}

function count(
  { region, asked, onProgress }: Merge,
  walked: Walked,
  page: FactsPage,
  outcomes: readonly MergeOutcome[],
) {
  walked.progress = progressAfter(walked.progress, page, outcomes);
  const movesOn = !asked.dryRun && asked.since === null;
  if (movesOn) walked.reached = { region: region.name, watermark: page.watermark, until: null };
  walked.pages += 1;
  onProgress(walked.progress);
}

/** The promise is awaited later. Until then its failure must not count as one that nobody handles. */
function heard<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

function progressAfter(before: MergeProgress, page: FactsPage, outcomes: readonly MergeOutcome[]): MergeProgress {
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
