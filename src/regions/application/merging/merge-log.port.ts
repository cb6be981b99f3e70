import { BrokenRule } from '../../../platform/broken-rule.js';
import type { MergeTally } from '../../domain/merge-tally.js';
import type { HeldBack } from '../facts/region-facts.port.js';

/** What is asked for. */
export interface MergeAsked {
  /** Name of the other region. */
  readonly region: string;
  /** Only facts that happened then or later, whatever was merged before; epoch milliseconds. Null: what is new. */
  readonly since: number | null;
  /** Says what would become of each fact, and records nothing. */
  readonly dryRun: boolean;
  /** Id of a key, `command`, `schedule`. */
  readonly actor: string;
}

export interface MergeProgress {
  readonly tally: MergeTally;
  /** Of the other region; null: not told yet. */
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
  /** All that it committed before this instant (epoch milliseconds, its PostgreSQL's clock) is here; null: not known yet. */
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

/** The right to merge, of one process of the region at a time. */
export interface MergeClaim {
  /** Aborts when it is lost: the connection to PostgreSQL broke. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** What was merged and how far. */
export abstract class MergeLog {
  /** @throws {MergeUnderWay} */
  abstract claim(): Promise<MergeClaim>;
  /** Whether no merge of the region has begun for so long, by PostgreSQL's clock. */
  abstract isDue(region: string, everyMs: number): Promise<boolean>;
  /** With the claim in hand, so that whatever else is called running is not. @returns the merge's id */
  abstract begin(asked: MergeAsked): Promise<string>;
  /** While it is under way. @param reached null: what was merged before still holds */
  abstract note(id: string, progress: MergeProgress, reached: Reached | null): Promise<void>;
  abstract end(id: string, progress: MergeProgress, end: MergeEnd, reached: Reached | null): Promise<void>;
  /** Where to go on; null: at the beginning. */
  abstract watermark(region: string): Promise<string | null>;
}
