import type { RecordedFact } from '../../src/events/domain/content/recorded-fact.js';
import type { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import {
  type ConflictingContent,
  ConflictStore,
  type Identity,
} from '../../src/regions/application/merging/conflict-store.port.js';
import { type MergeClaim, MergeLog, type Reached } from '../../src/regions/application/merging/merge-log.port.js';
import { keyOf, MemoryEvents } from '../events/memory-event-store.js';
import { conflictKey, MemoryErasures } from '../people/memory-erasures.js';

/** A region whose database is two maps. Its transactions end at once. */
export class MemoryRegion extends MemoryEvents {
  readonly conflicts = new Map<string, ConflictingContent & { readonly tx: bigint }>();
  readonly watermarks = new Map<string, string>();
  readonly erasures = new MemoryErasures(this);
  system = '7000000000000000000';

  constructor(readonly name: string) {
    super();
  }

  override asStored(events: readonly TrackedEvent[]): readonly TrackedEvent[] {
    return this.erasures.log.applied(events).rows;
  }

  /** Per identity all contents that are known of it: what regions agree on. */
  contents(): Record<string, string[]> {
    const contents: Record<string, Set<string>> = {};
    for (const [key, { event }] of this.facts) contents[key] = new Set([String(event.fingerprint)]);
    for (const conflict of this.conflicts.values())
      (contents[keyOf(conflict)] ??= new Set()).add(String(conflict.fingerprint));
    return Object.fromEntries(
      Object.keys(contents)
        .sort()
        .map((key) => [key, [...contents[key]!].sort()]),
    );
  }

  /** Everything, so that nothing can change unseen. */
  dump(): unknown {
    const facts = [...this.facts].map(([key, { event }]) => [key, String(event.fingerprint), event.occurredAt]).sort();
    return { facts, conflicts: [...this.conflicts.keys()].sort() };
  }
}

export class MemoryConflicts extends ConflictStore {
  constructor(private readonly region: MemoryRegion) {
    super();
  }

  override recorded(identities: readonly Identity[]): Promise<readonly (RecordedFact & Identity)[]> {
    return Promise.resolve(identities.flatMap((identity) => this.region.facts.get(keyOf(identity))?.event ?? []));
  }

  override add(contents: readonly ConflictingContent[]): Promise<void> {
    const tx = this.region.transaction();
    for (const sent of contents) {
      const content = this.region.erasures.byLog(sent);
      const key = conflictKey(content);
      if (!this.region.conflicts.has(key)) this.region.conflicts.set(key, { ...content, tx });
    }
    return Promise.resolve();
  }
}

export class MemoryLog extends MergeLog {
  constructor(
    private readonly region: MemoryRegion,
    /** Then nothing is written down any more. */
    private readonly isKilled: () => boolean,
  ) {
    super();
  }
  override claim(): Promise<MergeClaim> {
    return Promise.resolve({ lost: new AbortController().signal, release: () => Promise.resolve() });
  }
  override isDue = () => Promise.resolve(true);
  override begin = () => Promise.resolve('merge');
  override watermark = (region: string) => Promise.resolve(this.region.watermarks.get(region) ?? null);
  override note(_id: string, _progress: unknown, reached: Reached | null): Promise<void> {
    if (reached !== null && !this.isKilled()) this.region.watermarks.set(reached.region, reached.watermark);
    return Promise.resolve();
  }
  override end = (id: string, progress: unknown, _end: unknown, reached: Reached | null) =>
    this.note(id, progress, reached);
}
