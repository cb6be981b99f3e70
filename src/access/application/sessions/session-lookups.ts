import { Overloaded } from '../../../platform/overloaded.js';
import { Lane } from '../../../platform/turns/lane.js';
import type { LiveAccessReader, StoredSession } from '../live-access-reader.port.js';

/** So many cookies share a query; they wait no longer than this for the one before it. */
const MOST_AT_ONCE = 1_000;
const PATIENCE_MS = 1_000;

interface Lookup {
  /** By their digits. */
  readonly digests: Map<string, Buffer>;
  found: Promise<ReadonlyMap<string, StoredSession>>;
}

/**
 * Looks up cookies that this process has not met. Anybody may send such cookies, as many as they like, so there is one query at a time,
 * and all that come while it runs share the next: whoever is signed in waits for two queries, however many strangers ask.
 */
export class SessionLookups {
  private readonly lane = new Lane({ of: 'sessions', atOnce: 1, waiting: 1, patienceMs: PATIENCE_MS });
  private next: Lookup | null = null;

  constructor(private readonly reader: LiveAccessReader) {}

  /** @throws {Overloaded} */
  async find(digest: Buffer): Promise<StoredSession | null> {
    const digits = digest.toString('hex');
    const next = this.next;
    if (next !== null && next.digests.size >= MOST_AT_ONCE)
      throw new Overloaded('More sessions are asked for at once than there is room for: ask again shortly.');
    next?.digests.set(digits, digest);
    const { found } = next ?? this.begin(digits, digest);
    return (await found).get(digits) ?? null;
  }

  private begin(digits: string, digest: Buffer): Lookup {
    const lookup: Lookup = { digests: new Map([[digits, digest]]), found: Promise.resolve(new Map()) };
    this.next = lookup;
    const close = () => {
      if (this.next === lookup) this.next = null;
    };
    lookup.found = this.lane
      .run(async () => {
        close();
        const sessions = await this.reader.sessions([...lookup.digests.values()]);
        return new Map(sessions.map((session) => [session.digest.toString('hex'), session]));
      })
      .finally(close);
    return lookup;
  }
}
