import type { EventType } from '../../events/domain/event-type.js';

/**
 * Which life of a database the ids of its transactions belong to. Where either changes (another server, a promoted standby, a
 * restore to a point in time) they are given out a second time, and say nothing about what was read before.
 */
export interface History {
  /** PostgreSQL's system identifier. */
  readonly system: string;
  /** Of its write-ahead log, eight hexadecimal digits. */
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
 * How far one region has read another's facts: by the order of commits, not by the times of events. The places are those of rows that
 * were seen, which a crash cannot take back, as it can take back ids that only rolled-back transactions had.
 */
export interface FactWalk {
  readonly history: History;
  /** When the walk began no transaction had this id or a later one: facts that carry such an id came with a restore. */
  readonly horizon: bigint;
  /** Facts without an id, and those that came with a restore: first, by time. The last that was read; null: none yet. */
  readonly unnumbered: FactPlace | 'done' | null;
  /** Then the others. */
  readonly numbered: NumberedPlace | null;
  /** Then conflicts. */
  readonly conflicts: ConflictPlace | null;
  /** Within one merge: it ends at what is committed when it begins. Null: between two. */
  readonly reach: Reach | null;
}

export interface Reach {
  /** Ids from it on are for the next merge. */
  readonly until: bigint;
  /** Ids below it are read. */
  readonly from: bigint;
  /** How many ids to look at next. */
  readonly width: bigint;
}
