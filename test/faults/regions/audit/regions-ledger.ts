import type { RejectionReason } from '../../../../src/events/domain/rejection.js';
import { contentHash, identityHash, payloadHash } from '../../content.js';
import type { Outgoing } from '../../event-stream.js';
import { TOLD, type Told } from '../../ledger.js';
import type { RegionName } from '../region.js';

/** Who was told: a client, which does not know which region confirmed, or a producer of one region's Pulsar. */
export type Teller = 'client' | RegionName;

/** The answers that were given about one event. Hashes as strings of one unit a byte. */
export interface Statement {
  readonly by: Teller;
  /** Other content was there first: said over HTTP alone. */
  readonly refused: boolean;
  readonly content: string;
  readonly payload: string;
}

export interface ToldEvent {
  readonly shown: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly statements: Statement[];
}

/** The answers that senders got from two regions. Nothing that is killed here takes it along. */
export class RegionsLedger {
  private readonly events = new Map<string, ToldEvent>();
  private readonly poisons: Readonly<Record<RegionName, Map<string, RejectionReason>>> = { a: new Map(), b: new Map() };
  /** Bytes that a broker has as an event: only these may be dead letters of a conflict. */
  private readonly published: Readonly<Record<RegionName, Set<string>>> = { a: new Set(), b: new Set() };

  add(by: Teller, told: readonly (readonly [Told, Outgoing])[]): void {
    for (const [what, sent] of told) {
      const payload = payloadHash(sent.payload).toString('latin1');
      if (sent.content === null) {
        if (by !== 'client') this.poisons[by].set(payload, sent.reason!);
        continue;
      }
      if (by !== 'client') this.published[by].add(payload);
      const { type, eventId, occurredAt } = sent.content;
      const identity = identityHash(type, eventId).toString('latin1');
      const content = contentHash(sent.content).toString('latin1');
      const event = this.events.get(identity) ?? { shown: `${type} ${eventId}`, occurredAt, statements: [] };
      this.events.set(identity, event);
      const refused = what === TOLD.httpConflict;
      const before = event.statements.some(
        (one) => one.by === by && one.refused === refused && one.content === content && one.payload === payload,
      );
      if (!before) event.statements.push({ by, refused, content, payload });
    }
  }

  /** Distinct events of which somebody was told that they are stored. */
  get size(): number {
    return this.events.size;
  }

  entries(): IterableIterator<[string, ToldEvent]> {
    return this.events.entries();
  }

  knows(identity: string): boolean {
    return this.events.has(identity);
  }

  poison(region: RegionName): ReadonlyMap<string, RejectionReason> {
    return this.poisons[region];
  }

  wasPublished(region: RegionName, payload: string): boolean {
    return this.published[region].has(payload);
  }
}
