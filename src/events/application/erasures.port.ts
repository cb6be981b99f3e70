import type { ErasureLog } from '../domain/content/erasure-log.js';

/** Somebody was erased since the log was read: what was prepared by it must be prepared again. */
export class ErasuresChanged extends Error {
  override readonly name = 'ErasuresChanged';
}

/**
 * Who was erased, and when: what arrives later, and was received before, is stored without its person. The slice
 * `people` keeps the log.
 *
 * Whoever stores something of a person does it in a transaction that shares the recording lock (LOG_LOCK), compares the version
 * there (LOG_VERSION) with that of the log that it went by, and begins again where they differ. The log only changes while nobody
 * holds that lock, so nothing slips past an erasure: it is either seen by whoever erases, or stored by the new log.
 */
export abstract class Erasures {
  /** As far as this process has read it: the same object always, which `refresh` brings up to date. */
  abstract readonly log: ErasureLog;
  /** Reads what is new. */
  abstract refresh(): Promise<void>;
}

/** $1: EVENTS_LOCKS.recording */
export const LOG_LOCK = 'select pg_advisory_xact_lock_shared($1)';
/** After the lock, in a statement of its own: a statement sees what was committed before it began. */
export const LOG_VERSION = 'select erasures_version::float8 as version from storage_bounds';
