import { BrokenRule } from '../../../platform/broken-rule.js';
import type { MergeTally } from '../../domain/merge-tally.js';
import type { HeldBack } from '../facts/region-facts.port.js';

/** The merge that is asked for. */
export interface MergeAsked {
  /** Name of the other region. */
  readonly region: string;
  /** Only facts that happened then or later, whatever was merged before; epoch milliseconds. Null: only what is new. */
  readonly since: number | null;
  /** Says what would become of each fact, and records nothing. */
  readonly dryRun: boolean;
  /** The id of a key, `command` or `schedule`. */
  readonly actor: string;
}

export interface MergeProgress {
  readonly tally: MergeTally;
  /** Open dead letters of the other region; null: it has not told yet. */
  readonly deadLetters: number | null;
  readonly heldBack: HeldBack | null;
}

export interface MergeEnd {
  readonly state: 'done' | 'failed' | 'interrupted';
  readonly code: string | null;
  readonly detail: string | null;
}

/** How far another region is merged. */
export interface Reached {
  readonly region: string;
  /** All of its pages up to this watermark are recorded. */
  readonly watermark: string;
  /**
   * Everything that the other region committed before this instant (epoch milliseconds, its PostgreSQL's clock) is here;
   * null: not known yet.
   */
  readonly until: number | null;
}

/** Another merge is under way, here or in another process of this region. */
export class MergeUnderWay extends BrokenRule {
  override readonly name = 'MergeUnderWay';
  constructor() {
    super(
      409,
      'merge_under_way',
      'A merge is under way in this region: GET /regions shows it. Ask again when it is done.',
    );
  }
}

/** The right to merge, which one process of the region has at a time. */
export interface MergeClaim {
  /** Aborts when the right is lost because the connection to PostgreSQL broke. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** Keeps what was merged, and how far. */
export abstract class MergeLog {
  /** @throws {MergeUnderWay} */
  abstract claim(): Promise<MergeClaim>;
  /** Whether no merge of the region has begun for this long, by PostgreSQL's clock. */
  abstract isDue(region: string, everyMs: number): Promise<boolean>;
  /** Begins a merge. Whoever calls it has the claim, so any other merge that is marked as running is not. @returns the merge's id */
  abstract begin(asked: MergeAsked): Promise<string>;
  /** Notes the progress of a merge that is under way. @param reached null: what was merged before still holds */
  abstract note(id: string, progress: MergeProgress, reached: Reached | null): Promise<void>;
  abstract end(id: string, progress: MergeProgress, end: MergeEnd, reached: Reached | null): Promise<void>;
  /** The place to go on from; null: the beginning. */
  abstract watermark(region: string): Promise<string | null>;
}
