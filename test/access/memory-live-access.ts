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
  /** While one is set what it names gets no answer until `answer` is called. */
  hanging: 'secrets' | 'sessions' | null = null;
  private readonly held: (() => void)[] = [];

  /** Answers the oldest that hangs, with what was in force when it asked. */
  answer(): void {
    this.held.shift()?.();
  }

  override secrets(): Promise<readonly LiveSecret[]> {
    if (this.hanging === 'secrets') return this.hold([...this.secretsInForce]);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve([...this.secretsInForce]);
  }

  override sessions(digests: readonly Buffer[]): Promise<readonly StoredSession[]> {
    if (this.failure) return Promise.reject(this.failure);
    const alive = this.sessionsOpen.filter(({ digest }) => digests.some((asked) => asked.equals(digest)));
    return this.hanging === 'sessions' ? this.hold(alive) : Promise.resolve(alive);
  }

  private hold<T>(rows: T): Promise<T> {
    return new Promise((resolve) => this.held.push(() => resolve(rows)));
  }
}
