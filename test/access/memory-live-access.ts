import {
  LiveAccessReader,
  type LiveSecret,
  type StoredSession,
} from '../../src/access/application/live-access-reader.port.js';

/** Keys and sessions that a test puts there. */
export class MemoryLiveAccess extends LiveAccessReader {
  secretsInForce: LiveSecret[] = [];
  sessionsOpen: StoredSession[] = [];
  /** While it is set every reading fails with it. */
  failure: Error | null = null;

  override secrets(): Promise<readonly LiveSecret[]> {
    return this.failure ? Promise.reject(this.failure) : Promise.resolve([...this.secretsInForce]);
  }

  override sessions(digests: readonly Buffer[]): Promise<readonly StoredSession[]> {
    if (this.failure) return Promise.reject(this.failure);
    return Promise.resolve(this.sessionsOpen.filter(({ digest }) => digests.some((asked) => asked.equals(digest))));
  }
}
