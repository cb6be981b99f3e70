import type { TrackedEvent } from '../tracked-event.js';

/** A person who was erased. */
export interface Erasure {
  /** The keyed hash of the user id, hexadecimal. */
  readonly person: string;
  /** Length of the user id in UTF-8. With it, bytes can be searched for a person of whom only the hash is known. */
  readonly idBytes: number;
  /** Nothing of the person is kept that was received until then; epoch milliseconds. */
  readonly erasedAt: number;
}

/** Makes events conform to the log. */
export interface AppliedLog {
  readonly rows: readonly TrackedEvent[];
  /** The version of the log. */
  readonly version: number;
}

/**
 * The erasures that are known here. If there is none, or an event was received after the last one, the check costs one
 * comparison.
 */
export class ErasureLog {
  private readonly erasures = new Map<string, Erasure>();
  private versionKnown = 0;
  private last = -Infinity;

  /** @param personOf the keyed hash of a user id, hexadecimal; it throws where the key is not the one of the log */
  constructor(private readonly personOf: (userId: string) => string) {}

  /** Every change of the log raises it; 0 when there was none. */
  get version(): number {
    return this.versionKnown;
  }

  /** When the last erasure was, epoch milliseconds. */
  get latest(): number {
    return this.last;
  }

  /** The lengths of the ids that were erased. */
  get idLengths(): ReadonlySet<number> {
    return new Set([...this.erasures.values()].map(({ idBytes }) => idBytes));
  }

  /** @param erasures all, or those since the version that is known */
  take(erasures: Iterable<Erasure>, version: number): void {
    for (const erasure of erasures) {
      this.erasures.set(erasure.person, erasure);
      this.last = Math.max(this.last, erasure.erasedAt);
    }
    this.versionKnown = version;
  }

  /** Forgets everything. */
  forget(): void {
    this.erasures.clear();
    this.versionKnown = 0;
    this.last = -Infinity;
  }

  /** Whether this person was erased since. @param receivedAt epoch milliseconds */
  isErased(userId: string, receivedAt: number): boolean {
    if (this.erasures.size === 0 || !(receivedAt <= this.last)) return false;
    const erasure = this.erasures.get(this.personOf(userId));
    return erasure !== undefined && receivedAt <= erasure.erasedAt;
  }

  /** Whether this person was ever erased. */
  holds(userId: string): boolean {
    return this.isErased(userId, -Infinity);
  }

  /**
   * Returns the same events in the same order. Those that were received before their person was erased come without their
   * person.
   */
  applied(events: readonly TrackedEvent[]): AppliedLog {
    let rows: TrackedEvent[] | null = null;
    if (this.erasures.size === 0) return { rows: events, version: this.versionKnown };
    for (const [place, event] of events.entries()) {
      if (event.receivedAt > this.last || event.userId === null) continue;
      if (this.isErased(event.userId, event.receivedAt)) (rows ??= [...events])[place] = event.erased();
    }
    return { rows: rows ?? events, version: this.versionKnown };
  }
}
