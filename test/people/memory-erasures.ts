import { erasedContent, personOfContent } from '../../src/events/domain/content/erased-content.js';
import { type Erasure, ErasureLog } from '../../src/events/domain/content/erasure-log.js';
import type { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import type { ErasuresPage } from '../../src/people/application/answers/erasure.answer.js';
import type { ConflictingContent, Identity } from '../../src/regions/application/merging/conflict-store.port.js';
import type { MergerParts } from '../../src/regions/application/merging/merger-parts.js';

/** The content of a region where everything is a map. */
export interface HeldInMemory {
  /** By identity. */
  readonly facts: Map<string, { readonly event: TrackedEvent; readonly tx: bigint }>;
  readonly conflicts: Map<string, ConflictingContent & { readonly tx: bigint }>;
  transaction(): bigint;
}

const KEY = 'the key of all regions';

/** The log of erasures of a region in memory. What it has left to do is done at once. */
export class MemoryErasures {
  /** The hash of an id is the id. */
  readonly log = new ErasureLog((userId) => userId);
  private readonly erasures = new Map<string, Erasure>();

  constructor(private readonly held: HeldInMemory) {}

  erase(userId: string, erasedAt: number): void {
    const before = this.erasures.get(userId)?.erasedAt ?? -Infinity;
    const erasure = { person: userId, idBytes: userId.length, erasedAt: Math.max(before, erasedAt) };
    this.erasures.set(userId, erasure);
    this.log.take([erasure], this.log.version + 1);
    this.eraseHeld();
  }

  page(): ErasuresPage {
    const erasures = [...this.erasures.values()];
    return {
      key_fingerprint: erasures.length === 0 ? null : KEY,
      erasures: erasures.map(({ person, idBytes, erasedAt }) => ({ person, id_bytes: idBytes, erased_at: erasedAt })),
      next_cursor: null,
    };
  }

  readonly asParts: MergerParts['erasures'] = {
    fits: () => Promise.resolve(true),
    take: ({ erasures }) => {
      for (const { person, erased_at } of erasures) this.erase(person, erased_at);
      return Promise.resolve();
    },
    anySince: (receivedAt) => receivedAt <= this.log.latest,
    isErased: (userId, receivedAt) => this.log.isErased(userId, receivedAt),
    twins: (identities) => {
      for (const { eventKey, eventType } of identities) {
        const fact = this.held.facts.get(`${eventKey} ${eventType}`);
        const userId = fact?.event.userId ?? null;
        if (fact && userId !== null && this.log.holds(userId)) this.eraseFact(`${eventKey} ${eventType}`, fact);
      }
      return Promise.resolve();
    },
  };

  /** As a content is kept. */
  byLog<Content extends ConflictingContent>(content: Content): Content {
    const userId = personOfContent(content.content);
    if (userId === null || !this.log.holds(userId)) return content;
    const { fingerprint, text } = erasedContent(content.content);
    return { ...content, eventId: content.eventKey, fingerprint, content: text };
  }

  private eraseHeld(): void {
    for (const [key, fact] of this.held.facts) {
      const { userId, receivedAt } = fact.event;
      if (userId !== null && this.log.isErased(userId, receivedAt)) this.eraseFact(key, fact);
    }
    for (const [key, content] of [...this.held.conflicts]) {
      const left = this.byLog(content);
      if (left === content) continue;
      this.held.conflicts.delete(key);
      this.held.conflicts.set(conflictKey(left), { ...left, tx: this.held.transaction() });
    }
  }

  /** It stays where it was in the order of transactions. */
  private eraseFact(key: string, { event, tx }: { readonly event: TrackedEvent; readonly tx: bigint }): void {
    this.held.facts.set(key, { event: event.erased(), tx });
  }
}

export const conflictKey = ({
  eventKey,
  eventType,
  fingerprint,
}: Identity & { readonly fingerprint: bigint }): string => `${eventKey} ${eventType} ${fingerprint}`;
