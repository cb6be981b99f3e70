import { readFile } from 'node:fs/promises';

const LOOK_EVERY_MS = 2_000;
/** A bookie that comes back does so within milliseconds. */
const LOST_AFTER_MS = 20_000;
const NOT_AVAILABLE = 'BKBookieHandleNotAvailableException';

/**
 * The broker runs and does not find its bookie, although both are one process. A killed broker leaves the registration of
 * its bookie behind. The next one removes it and writes its own, and may take the news of the removal for that of its own
 * registration. On a busy machine it can go on removing and writing, until the last news that the client hears is that there
 * is none. No news comes any more then, so only another start helps (Pulsar 4.0.7: seen once in about 300 kills, all cores
 * busy).
 */
export class LostBookie extends Error {
  override readonly name = 'LostBookie';

  constructor() {
    super('Pulsar does not find its own bookie');
  }

  /** @param log the broker's. @returns whether the broker has been without its bookie for long, to be asked often. */
  static watch(log: string): () => Promise<boolean> {
    let lookedAt = performance.now();
    let since: number | null = null;
    return async () => {
      const now = performance.now();
      if (now - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = now;
        if (since === null && (await readFile(log, 'utf8')).includes(NOT_AVAILABLE)) since = now;
      }
      return since !== null && now - since >= LOST_AFTER_MS;
    };
  }
}
