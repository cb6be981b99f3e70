import type { FactRow } from '../../domain/fact-row.js';
import type { ConflictPlace, FactPlace, History, NumberedPlace } from '../../domain/fact-walk.js';
import type { ConflictContent } from '../answers/facts.answer.js';

/** This database says this of its transactions. */
export interface Moment {
  readonly history: History;
  /** Every transaction with a lower id has ended. */
  readonly ended: bigint;
  /** No transaction has this id or a later one yet. */
  readonly next: bigint;
  /** Epoch milliseconds, by PostgreSQL's clock: what was committed before, and before the holder began, has an id before `ended`. */
  readonly asOf: number;
  /** Facts that happened before this time are no longer kept, epoch milliseconds. */
  readonly floor: number;
  /**
   * The oldest transaction that has an id and has not ended. What was committed after its begin has to wait for it. Null:
   * there is none.
   */
  readonly heldBack: HeldBack | null;
}

export interface HeldBack {
  readonly ms: number;
  /** Says whose transaction it is, in words for an operator. */
  readonly by: string;
}

/** How much a page may hold. */
export interface Bounds {
  /** Rows. */
  readonly limit: number;
  /** The size of the page in bytes, about. The first row always passes. */
  readonly bytes: number;
}

export interface Wanted extends Bounds {
  /** Only facts that happened then or later, epoch milliseconds; null: all. */
  readonly since: number | null;
}

export interface FactSlice<Place> {
  readonly facts: readonly FactRow[];
  /** The place of the last one; null: there is none. */
  readonly last: Place | null;
  /** Whether more facts may follow within what was asked for. */
  readonly full: boolean;
  /** The first fact that is not shown; null: there is none, or nobody has looked. */
  readonly next: Place | null;
}

export interface ConflictSlice {
  readonly contents: readonly ConflictContent[];
  readonly last: ConflictPlace | null;
  readonly full: boolean;
}

/** Reads what this region recorded, for another region. */
export abstract class RegionFacts {
  /**
   * Prepares a page: it brings up to date what finds facts by their transactions. If the walk begins, it does so at once,
   * else now and then. It never rejects.
   */
  abstract prepare(begins: boolean): Promise<void>;
  abstract moment(signal?: AbortSignal): Promise<Moment>;
  /** Whether the fact is still there, as the transaction that it names recorded it. */
  abstract isThere(place: NumberedPlace, signal?: AbortSignal): Promise<boolean>;
  /** The same of a content of a conflict. */
  abstract isConflictThere(place: ConflictPlace, signal?: AbortSignal): Promise<boolean>;
  /** Facts without a transaction, and facts whose transaction is `horizon` or later, by time. */
  abstract unnumbered(
    range: { readonly horizon: bigint; readonly after: FactPlace | null },
    wanted: Wanted,
    signal?: AbortSignal,
  ): Promise<FactSlice<FactPlace>>;
  /** Facts of the transactions from `from` up to `before` (excluded), in their order. */
  abstract numbered(
    range: { readonly from: bigint; readonly before: bigint; readonly after: NumberedPlace | null },
    wanted: Wanted,
    signal?: AbortSignal,
  ): Promise<FactSlice<NumberedPlace>>;
  /** Contents of conflicts that transactions before `before` wrote down. */
  abstract conflicts(
    range: { readonly before: bigint; readonly after: ConflictPlace | null },
    bounds: Bounds,
    signal?: AbortSignal,
  ): Promise<ConflictSlice>;
  abstract openDeadLetters(signal?: AbortSignal): Promise<number>;
}
