import type { ErasureLog } from '../domain/content/erasure-log.js';

/** Somebody was erased after the log was read. What was prepared by the old log must be prepared again. */
export class ErasuresChanged extends Error {
  override readonly name = 'ErasuresChanged';
}

/**
 * The log of who was erased, and when. An event that arrives later, and was received before, is stored without its person.
 * The slice `people` keeps the log.
 *
 * Whoever stores something of a person does so in a transaction that shares the recording lock (LOG_LOCK). It compares the
 * version there (LOG_VERSION) with that of the log that it went by, and begins again if they differ. The log only changes
 * while nobody holds that lock. So nothing escapes an erasure: it is either found by whoever erases, or stored by the new
 * log.
 */
export abstract class Erasures {
  /** The log as far as this process has read it. It is always the same object, which `refresh` brings up to date. */
  abstract readonly log: ErasureLog;
  /** Reads what is new. */
  abstract refresh(): Promise<void>;
}

/** $1: EVENTS_LOCKS.recording */
export const LOG_LOCK = 'select pg_advisory_xact_lock_shared($1)';
/** It runs after the lock, in a statement of its own, because a statement sees only what was committed before it began. */
export const LOG_VERSION = 'select erasures_version::float8 as version from storage_bounds';
