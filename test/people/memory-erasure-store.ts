import type { Erasure } from '../../src/events/domain/content/erasure-log.js';
import { ErasureStore, type ErasureStanding } from '../../src/people/application/erasure-store.port.js';
import { ErasureKeyUnfit } from '../../src/people/application/erasure-key.js';

/** The log of erasures as a map, by PostgreSQL's clock that a test sets. */
export class MemoryErasureStore extends ErasureStore {
  now = 0;
  readonly log = new Map<string, Erasure>();
  readonly standings = new Map<string, ErasureStanding>();
  private fingerprint: string | null = null;

  keyFingerprint(): Promise<string | null> {
    return Promise.resolve(this.fingerprint);
  }

  note({ person, idBytes }: Pick<Erasure, 'person' | 'idBytes'>, _userId: string, fingerprint: string): Promise<void> {
    if ((this.fingerprint ?? fingerprint) !== fingerprint) {
      return Promise.reject(new ErasureKeyUnfit('erasure_key_changed'));
    }
    this.fingerprint = fingerprint;
    this.log.set(person, { person, idBytes, erasedAt: this.now });
    const done = this.standings.get(person) ?? { events: 0, deadLetters: 0, conflicts: 0 };
    this.standings.set(person, { ...done, erasedAt: this.now, open: true });
    return Promise.resolve();
  }

  take(erasures: readonly Erasure[], fingerprint: string): Promise<void> {
    this.fingerprint = fingerprint;
    for (const erasure of erasures) this.log.set(erasure.person, erasure);
    return Promise.resolve();
  }

  page(after: string | null, limit: number): Promise<readonly Erasure[]> {
    const sorted = [...this.log.values()].sort((one, other) => (one.person < other.person ? -1 : 1));
    return Promise.resolve(sorted.filter(({ person }) => after === null || person > after).slice(0, limit));
  }

  standing(person: string): Promise<ErasureStanding | null> {
    return Promise.resolve(this.standings.get(person) ?? null);
  }

  /** As the eraser leaves it. */
  done(counts: Pick<ErasureStanding, 'events' | 'deadLetters' | 'conflicts'>): void {
    for (const [person, standing] of this.standings)
      this.standings.set(person, { ...standing, ...counts, open: false });
  }

  eraseTwins(): Promise<void> {
    return Promise.resolve();
  }
}
