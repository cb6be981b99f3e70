import type { EventType } from '../../events/domain/event-type.js';

/**
 * The life of a database in which its transaction ids can be compared. Where either value changes (another server, a
 * promoted standby, a restore to a point in time), ids are given out a second time, and say nothing about what was read
 * before.
 */
export interface History {
  /** PostgreSQL's system identifier. */
  readonly system: string;
  /** The timeline of its write-ahead log, eight hexadecimal digits. */
  readonly timeline: string;
}

/** A fact by its time. */
export interface FactPlace {
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly eventKey: string;
  readonly eventType: EventType;
}

/** A fact by the transaction that recorded it. */
export interface NumberedPlace extends FactPlace {
  readonly tx: bigint;
}

/** A content of a conflict by the transaction that wrote it down. */
export interface ConflictPlace {
  readonly tx: bigint;
  readonly eventKey: string;
  readonly eventType: EventType;
  readonly fingerprint: bigint;
}

/**
 * How far one region has read another's facts, by the order of commits and not by the times of events. The places are those
 * of rows that were read: a crash cannot take these back, while it can take back ids that only rolled-back transactions had.
 */
export interface FactWalk {
  readonly history: History;
  /** No transaction had this id or a later one when the walk began. Facts that carry such an id came with a restore. */
  readonly horizon: bigint;
  /**
   * The last fact that was read of those without an id and of those that came with a restore; they come first, by time.
   * Null: none yet.
   */
  readonly unnumbered: FactPlace | 'done' | null;
  /** The last of the other facts. */
  readonly numbered: NumberedPlace | null;
  /** The last of the conflicts. */
  readonly conflicts: ConflictPlace | null;
  /** The end of the walk within one merge: what is committed when the merge begins. Null: no merge is under way. */
  readonly reach: Reach | null;
}

export interface Reach {
  /** Ids from this one on are for the next merge. */
  readonly until: bigint;
  /** Ids below this one are read. */
  readonly from: bigint;
  /** The number of ids to look at next. */
  readonly width: bigint;
}
