import { RejectedEvent } from '../../../domain/rejection.js';
import { sameFingerprint } from '../../../domain/content/fingerprint.js';
import type { EventSynonyms } from '../../../domain/parsing/event-synonyms.js';
import { excerptPath } from '../../../domain/parsing/excerpt.js';
import { type RecordedFact, saySame } from '../../../domain/content/recorded-fact.js';
import type { TrackedEvent } from '../../../domain/tracked-event.js';
import type { Verdict } from '../../../domain/verdict.js';
import type { RowVerdict } from './batch-writer.js';
import { type KnownIdentity, rowKey } from './record-transaction.js';
import type { FoundFacts, WantedFact } from './recorded-facts.js';

/** How two events of one identity are compared if their fingerprints do not tell. */
export interface Comparison {
  readonly synonyms: EventSynonyms | null;
  /** Reads stored events, all at once; null: it gave up. */
  readonly find: (wanted: readonly WantedFact[]) => Promise<FoundFacts | null>;
}

/**
 * Decides about several events of one identity in one batch. The first in receive order is written, and the others are
 * compared with it. If the first left nothing (PostgreSQL refuses its data, it lies below the retention floor, or its dead
 * letter became another event), the next one takes its place. So every verdict is the one that the event would get in a
 * batch of its own.
 *
 * @param write takes rows sorted by key without twins (all writers lock in one order), and answers in that order
 * @param comparison is asked once, after all is written, and only for identities that were known before
 * @returns a verdict per event, in the order given; null where the writer gave up
 */
export async function recordTwins(
  events: readonly TrackedEvent[],
  write: (rows: readonly TrackedEvent[]) => Promise<RowVerdict[]>,
  comparison: Comparison,
): Promise<(Verdict | null)[]> {
  const verdicts = new Array<Verdict | null>(events.length);
  const undecided: Meeting[] = [];
  const judge = (place: number, met: Met) => {
    const event = events[place]!;
    if (met.kind !== 'known') verdicts[place] = verdictOf(event, met);
    else {
      const same = sameFingerprint(met.fingerprint, event.fingerprint, comparison.synonyms !== null);
      if (same === null) undecided.push({ place, event, met });
      else verdicts[place] = verdictOnContent(event, met, same);
    }
  };
  const { firsts, others } = groupByIdentity(events);
  for (let waiting = firsts; waiting.length > 0;) {
    const outcomes = await write(waiting.map((place) => events[place]!));
    const following: number[] = [];
    waiting.forEach((first, index) => {
      const outcome = outcomes[index]!;
      judge(first, outcome);
      const later = others.get(first);
      if (later === undefined) return;
      const met = afterFirst(events[first]!, outcome);
      const next = later.findIndex((place) => isOpen(events[place]!, met));
      const sharing = next === -1 ? later : later.slice(0, next);
      for (const place of sharing) judge(place, met);
      if (next === -1) return;
      following.push(later[next]!);
      if (later.length > next + 1) others.set(later[next]!, later.slice(next + 1));
    });
    waiting = following;
  }
  if (undecided.length > 0) await decide(undecided, verdicts, comparison);
  return verdicts;
}

/** An event meets an outcome of its own, or the identity that holds its place; `inBatch` is set when that was written just now. */
type Met = RowVerdict | (KnownIdentity & { readonly inBatch: RecordedFact });

interface Meeting {
  readonly place: number;
  readonly event: TrackedEvent;
  readonly met: KnownIdentity & { readonly inBatch?: RecordedFact };
}

/** Decides by the stored facts. If a fact is no longer kept, nothing can contradict the event, so it is a duplicate. */
async function decide(
  meetings: readonly Meeting[],
  verdicts: (Verdict | null)[],
  { synonyms, find }: Comparison,
): Promise<void> {
  const wanted = new Map<string, WantedFact>();
  for (const { event, met } of meetings) {
    const { eventKey, eventType } = event;
    if (!met.inBatch) wanted.set(rowKey(event), { eventKey, eventType, occurredAt: met.occurredAt });
  }
  const found = wanted.size === 0 ? new Map<string, RecordedFact | null>() : await find([...wanted.values()]);
  for (const { place, event, met } of meetings) {
    if (!met.inBatch && found === null) verdicts[place] = null;
    else {
      const fact = met.inBatch ?? found?.get(rowKey(event));
      const same = fact === undefined || (fact !== null && saySame(fact, event, synonyms));
      verdicts[place] = verdictOnContent(event, met, same);
    }
  }
}

interface Identities {
  /** Places of the first event of each identity, sorted by identity. */
  readonly firsts: number[];
  /** The places of the twins by the place of the first, in receive order. */
  readonly others: Map<number, number[]>;
}

function groupByIdentity(events: readonly TrackedEvent[]): Identities {
  // Sorting is stable, so twins stay in receive order.
  const sorted = events.map((_, place) => place).sort((a, b) => compareIdentity(events[a]!, events[b]!));
  const firsts: number[] = [];
  const others = new Map<number, number[]>();
  for (const place of sorted) {
    const first = firsts.at(-1);
    if (first === undefined || compareIdentity(events[first]!, events[place]!) !== 0) firsts.push(place);
    else if (others.has(first)) others.get(first)!.push(place);
    else others.set(first, [place]);
  }
  return { firsts, others };
}

/** A later twin meets the content that is stored now. */
const afterFirst = (first: TrackedEvent, outcome: RowVerdict): Met =>
  outcome.kind === 'inserted'
    ? {
        kind: 'known',
        fingerprint: outcome.erased ? null : first.fingerprint,
        occurredAt: first.occurredAt,
        inBatch: first,
      }
    : outcome;

/** Whether only a write can tell the verdict of a twin. Below the floor it shares that of the unknown one before it. */
function isOpen(event: TrackedEvent, met: Met): boolean {
  if (met.kind === 'refused' || met.kind === 'replayed') return true;
  return met.kind === 'too_old' && event.occurredAt >= met.floor;
}

function verdictOnContent(event: TrackedEvent, { fingerprint, occurredAt }: KnownIdentity, same: boolean): Verdict {
  if (same) {
    const restamped = event.intake === 'merge' && event.occurredAt !== occurredAt;
    return { status: 'duplicate', eventId: event.eventId, ...(restamped && { restamped }) };
  }
  return rejected(
    event,
    new RejectedEvent('id_conflict', conflictDetail(event, fingerprint), excerptPath(event.idField)),
  );
}

function verdictOf(event: TrackedEvent, outcome: Exclude<RowVerdict, KnownIdentity>): Verdict | null {
  switch (outcome.kind) {
    case 'inserted':
      return { status: 'recorded', eventId: outcome.erased ? event.eventKey : event.eventId };
    case 'replayed':
      return { status: 'duplicate', eventId: outcome.eventId };
    case 'too_old':
      return rejected(
        event,
        new RejectedEvent('too_old', 'older than the retention keeps, and not known from before', 'timestamp'),
      );
    case 'refused':
      return rejected(
        event,
        new RejectedEvent('unstorable', `PostgreSQL refused the row (SQLSTATE ${outcome.sqlState})`),
      );
    case 'abandoned':
      return null;
    case 'vanished':
      throw new Error('a vanished identity must be tried again by the writer');
  }
}

const conflictDetail = (event: TrackedEvent, stored: bigint | null) =>
  `an event with this id and type, but other content, was recorded first (fingerprints: stored ${stored}, this ${event.fingerprint}); send a new ${idName(event)}`;

/** Shows both names of a field that came under another one. */
const idName = ({ idField }: TrackedEvent) =>
  idField === 'event_id' ? idField : `event_id (sent as ${excerptPath(idField)})`;

const rejected = (event: TrackedEvent, { reason, detail, field }: RejectedEvent): Verdict => ({
  status: 'rejected',
  eventId: event.eventId,
  reason,
  detail,
  field,
});

function compareIdentity(a: TrackedEvent, b: TrackedEvent): number {
  if (a.eventKey !== b.eventKey) return a.eventKey < b.eventKey ? -1 : 1;
  return a.eventType === b.eventType ? 0 : a.eventType < b.eventType ? -1 : 1;
}
