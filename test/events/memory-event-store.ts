import { EventStore, FULL, OutcomeUnknown } from '../../src/events/application/event-store.port.js';
import type { EventType } from '../../src/events/domain/incoming-event.js';
import type { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import type { Verdict } from '../../src/events/domain/verdict.js';
import type { RowVerdict } from '../../src/events/infrastructure/postgres/recording/batch-writer.js';
import { rowKey } from '../../src/events/infrastructure/postgres/recording/record-transaction.js';
import { type Comparison, recordTwins } from '../../src/events/infrastructure/postgres/recording/twins.js';
import { Overloaded } from '../../src/platform/overloaded.js';

interface Recorded {
  readonly event: TrackedEvent;
  readonly tx: bigint;
}

/** The identity of an event as the key of a map. */
export const keyOf = ({ eventKey, eventType }: { readonly eventKey: string; readonly eventType: EventType }): string =>
  `${eventKey} ${eventType}`;

/** The tables of events as a map. Its transactions end at once. */
export class MemoryEvents {
  /** By identity. */
  readonly facts = new Map<string, Recorded>();
  /** Epoch milliseconds: below it nothing new is recorded, and nothing is counted one by one. */
  retentionFloor = -Infinity;
  private nextTx = 100n;

  get next(): bigint {
    return this.nextTx;
  }

  transaction(): bigint {
    return this.nextTx++;
  }

  /** The events as they are stored. */
  asStored(events: readonly TrackedEvent[]): readonly TrackedEvent[] {
    return events;
  }
}

interface Append {
  readonly events: readonly TrackedEvent[];
  /** A write has it: its sender may leave, it is recorded all the same. */
  readonly taken: boolean;
  readonly tell: (verdicts: Verdict[]) => void;
}

/**
 * Records in a map. Between `hold` and `letGo` nothing is written, as while PostgreSQL is away: the first append is in the hands of a
 * write then, and those after it wait for theirs.
 */
export class MemoryEventStore extends EventStore {
  private held = false;
  private waiting: Append[] = [];
  private readonly comparison: Comparison = {
    synonyms: null,
    find: (wanted) => {
      const facts = wanted.flatMap((identity) => this.events.facts.get(keyOf(identity)) ?? []);
      return Promise.resolve(new Map(facts.map(({ event }) => [rowKey(event), event])));
    },
  };

  /** @param mostRows that may wait beside an append whose sender does not wait for ever */
  constructor(
    readonly events = new MemoryEvents(),
    private readonly mostRows = 20_000,
  ) {
    super();
  }

  override append(events: readonly TrackedEvent[], waitMs?: number): Promise<Verdict[]> {
    if (events.length === 0) return Promise.resolve([]);
    if (waitMs !== undefined && !this.hasRoom(events.length)) return Promise.reject(new Overloaded(FULL));
    return this.held ? this.wait(events, waitMs) : this.write(events);
  }

  override isFull(): boolean {
    return !this.hasRoom(1);
  }

  hold(): void {
    this.held = true;
  }

  /** Writes what waits, in the order of its arrival. */
  async letGo(): Promise<void> {
    this.held = false;
    for (const { events, tell } of this.waiting.splice(0)) tell(await this.write(events));
  }

  private hasRoom(rows: number): boolean {
    const queued = this.waiting.filter(({ taken }) => !taken).reduce((sum, { events }) => sum + events.length, 0);
    return queued === 0 || queued + rows <= this.mostRows;
  }

  private wait(events: readonly TrackedEvent[], waitMs?: number): Promise<Verdict[]> {
    return new Promise((resolve, reject) => {
      let tellLate: ((verdicts: Verdict[]) => void) | null = null;
      const tell = (verdicts: Verdict[]) => (tellLate ?? resolve)(verdicts);
      const append: Append = { events, taken: this.waiting.length === 0, tell };
      this.waiting.push(append);
      if (waitMs === undefined) return;
      setTimeout(() => {
        if (!this.waiting.includes(append)) return;
        if (!append.taken) this.waiting = this.waiting.filter((other) => other !== append);
        const outcome = append.taken ? new Promise<Verdict[]>((late) => (tellLate = late)) : null;
        reject(new OutcomeUnknown('the store did not write in time', [], outcome));
      }, waitMs).unref();
    });
  }

  private async write(events: readonly TrackedEvent[]): Promise<Verdict[]> {
    const verdicts = await recordTwins(events, (rows) => Promise.resolve(this.insert(rows)), this.comparison);
    return verdicts as Verdict[];
  }

  private insert(rows: readonly TrackedEvent[]): RowVerdict[] {
    const { facts, retentionFloor: floor } = this.events;
    const tx = this.events.transaction();
    return this.events.asStored(rows).map((event, place): RowVerdict => {
      const known = facts.get(keyOf(event));
      if (known) {
        const { fingerprint, occurredAt } = known.event;
        return { kind: 'known', fingerprint, occurredAt };
      }
      if (event.occurredAt < floor) return { kind: 'too_old', floor };
      facts.set(keyOf(event), { event, tx });
      return event === rows[place] ? { kind: 'inserted' } : { kind: 'inserted', erased: true };
    });
  }
}
