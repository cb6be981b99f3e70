import { RejectedEvent } from '../../../domain/rejection.js';
import { sameContent } from '../../../domain/fingerprint.js';
import type { TrackedEvent } from '../../../domain/tracked-event.js';
import type { Verdict } from '../../../domain/verdict.js';
import type { RowVerdict } from './batch-writer.js';

/**
 * Several events of one identity in one batch: the first in receive order is written, the others meet what it left. If it
 * left nothing (PostgreSQL refuses its data, it lies below the retention floor, its dead letter became another event), the next takes its place: every
 * verdict is the one that the event would get in a batch of its own.
 *
 * @param write takes rows sorted by key without twins (one lock order for all writers), answers in that order.
 * @returns a verdict per event, in the order given; null where the writer gave up.
 */
export async function settleTwins(
  events: readonly TrackedEvent[],
  write: (rows: readonly TrackedEvent[]) => Promise<RowVerdict[]>,
): Promise<(Verdict | null)[]> {
  const verdicts = new Array<Verdict | null>(events.length);
  const { firsts, others } = groupByIdentity(events);
  for (let waiting = firsts; waiting.length > 0;) {
    const outcomes = await write(waiting.map((place) => events[place]!));
    const unsettled: number[] = [];
    waiting.forEach((first, index) => {
      const outcome = outcomes[index]!;
      verdicts[first] = verdictOf(events[first]!, outcome);
      const later = others.get(first);
      if (later === undefined) return;
      const met = afterFirst(events[first]!, outcome);
      const next = later.findIndex((place) => isOpen(events[place]!, met));
      const settled = next === -1 ? later : later.slice(0, next);
      for (const place of settled) verdicts[place] = verdictOf(events[place]!, met);
      if (next === -1) return;
      unsettled.push(later[next]!);
      if (later.length > next + 1) others.set(later[next]!, later.slice(next + 1));
    });
    waiting = unsettled;
  }
  return verdicts;
}

interface Identities {
  /** Places of the first event of each identity, sorted by identity. */
  readonly firsts: number[];
  /** By such a place: those of its twins, in receive order. */
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

/** What a later twin meets: the content that is stored now. */
const afterFirst = (first: TrackedEvent, outcome: RowVerdict): RowVerdict =>
  outcome.kind === 'inserted' ? { kind: 'known', fingerprint: first.fingerprint } : outcome;

/** Whether only a write can tell the verdict of a twin. Below the floor it shares that of the unknown one before it. */
function isOpen(event: TrackedEvent, met: RowVerdict): boolean {
  if (met.kind === 'refused' || met.kind === 'replayed') return true;
  return met.kind === 'too_old' && event.occurredAt >= met.floor;
}

function verdictOf(event: TrackedEvent, outcome: RowVerdict): Verdict | null {
  switch (outcome.kind) {
    case 'inserted':
      return { status: 'recorded', eventId: event.eventId };
    case 'known':
      if (sameContent(outcome.fingerprint, event.fingerprint)) return { status: 'duplicate', eventId: event.eventId };
      return rejected(event, new RejectedEvent('id_conflict', conflictDetail(event, outcome.fingerprint), 'event_id'));
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
  `an event with this id and type, but other content, was recorded first (fingerprints: stored ${stored}, this ${event.fingerprint}); send a new event_id`;

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
