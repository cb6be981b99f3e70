export abstract class DeadLetterRetention {
  /**
   * Deletes what is past its time: open letters by DEAD_LETTER_RETENTION_DAYS since they were first seen, replayed ones
   * 30 days (or as many, where it is less) after they were replayed.
   *
   * @param now epoch milliseconds. @param stopping ends it early. @returns how many went.
   */
  abstract purge(now: number, stopping: AbortSignal): Promise<{ open: number; replayed: number }>;
}
