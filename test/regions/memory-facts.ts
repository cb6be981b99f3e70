import type { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import {
  type Bounds,
  type ConflictSlice,
  type FactSlice,
  type Moment,
  RegionFacts,
  type Wanted,
} from '../../src/regions/application/facts/region-facts.port.js';
import { FACT_COLUMNS, type FactColumn, type FactRow } from '../../src/regions/domain/fact-row.js';
import type { ConflictPlace, FactPlace, NumberedPlace } from '../../src/regions/domain/fact-walk.js';
import { keyOf } from '../events/memory-event-store.js';
import { conflictKey } from '../people/memory-erasures.js';
import type { MemoryRegion } from './memory-region.js';

const byTx = (one: NumberedPlace, other: NumberedPlace) =>
  one.tx !== other.tx
    ? one.tx < other.tx
      ? -1
      : 1
    : keyOf(one) < keyOf(other)
      ? -1
      : keyOf(one) > keyOf(other)
        ? 1
        : 0;

/** The facts that a region in memory gives to others. */
export class MemoryFacts extends RegionFacts {
  constructor(private readonly region: MemoryRegion) {
    super();
  }

  override prepare = () => Promise.resolve();

  override moment(): Promise<Moment> {
    const { system, next } = this.region;
    const history = { system, timeline: '00000001' };
    return Promise.resolve({ history, ended: next, next, asOf: 0, floor: -Infinity, heldBack: null });
  }

  override isThere({ tx, ...identity }: NumberedPlace): Promise<boolean> {
    return Promise.resolve(this.region.facts.get(keyOf(identity))?.tx === tx);
  }

  override isConflictThere({ tx, ...content }: ConflictPlace): Promise<boolean> {
    return Promise.resolve(this.region.conflicts.get(conflictKey(content))?.tx === tx);
  }

  override unnumbered({ horizon }: { readonly horizon: bigint }): Promise<FactSlice<FactPlace>> {
    if ([...this.region.facts.values()].some(({ tx }) => tx >= horizon)) throw new Error('no restore is modelled');
    return Promise.resolve({ facts: [], last: null, full: false, next: null });
  }

  override numbered(
    { from, before, after }: { readonly from: bigint; readonly before: bigint; readonly after: NumberedPlace | null },
    { limit }: Wanted,
  ): Promise<FactSlice<NumberedPlace>> {
    const all = [...this.region.facts.values()]
      .map(({ event, tx }) => ({
        event,
        tx,
        eventKey: event.eventKey,
        eventType: event.eventType,
        occurredAt: event.occurredAt,
      }))
      .filter((place) => place.tx >= from && place.tx < before && (after === null || byTx(place, after) > 0))
      .sort(byTx);
    const shown = all.slice(0, limit);
    return Promise.resolve({
      facts: shown.map(({ event }) => rowOf(event)),
      last: shown.at(-1) ?? null,
      full: all.length > limit,
      next: all[limit] ?? null,
    });
  }

  override conflicts(
    { before, after }: { readonly before: bigint; readonly after: ConflictPlace | null },
    { limit }: Bounds,
  ): Promise<ConflictSlice> {
    const order = (one: ConflictPlace, other: ConflictPlace) =>
      byTx({ ...one, occurredAt: 0 }, { ...other, occurredAt: 0 }) ||
      (one.fingerprint < other.fingerprint ? -1 : one.fingerprint > other.fingerprint ? 1 : 0);
    const all = [...this.region.conflicts.values()]
      .filter((place) => place.tx < before && (after === null || order(place, after) > 0))
      .sort(order);
    const shown = all.slice(0, limit);
    return Promise.resolve({
      contents: shown.map(({ eventKey, eventType, eventId, fingerprint, content }) => ({
        event_key: eventKey,
        event_type: eventType,
        event_id: eventId,
        fingerprint: String(fingerprint),
        content,
      })),
      last: shown.at(-1) ?? null,
      full: all.length > limit,
    });
  }

  override openDeadLetters = () => Promise.resolve(0);
}

const rowOf = (event: TrackedEvent): FactRow => {
  const values: Partial<Record<FactColumn, string | null>> = {
    event_key: event.eventKey,
    event_type: event.eventType,
    occurred_at: String(event.occurredAt),
    received_at: String(event.receivedAt),
    intake: event.intake,
    message_id: event.messageId,
    fingerprint: event.fingerprint === null ? null : String(event.fingerprint),
    event_id: event.eventId,
    user_id: event.userId,
    page_url: event.pageUrl,
  };
  return FACT_COLUMNS.map((column) => values[column] ?? null);
};
