import { RejectedEvent } from '../../domain/rejection.js';
import { sameContent } from '../../domain/fingerprint.js';
import type { TrackedEvent } from '../../domain/tracked-event.js';
import type { Verdict } from '../../domain/verdict.js';
import type { RowVerdict } from './batch-writer.js';
import { rowKey } from './record-transaction.js';

/**
 * Several events of one identity in one batch: the first in receive order is written, the others take its verdict. If
 * PostgreSQL refuses the first for its data, the next takes its place.
 *
 * @param write takes rows sorted by key without twins (one lock order for all writers), answers in that order.
 * @returns a verdict per event, in the order given.
 */
export async function settleTwins(
  events: readonly TrackedEvent[],
  write: (rows: readonly TrackedEvent[]) => Promise<RowVerdict[]>,
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(events.length);
  for (let waiting = groupByIdentity(events); waiting.length > 0;) {
    const outcomes = await write(waiting.map(({ places: [first] }) => events[first]!));
    const unsettled: Group[] = [];
    waiting.forEach(({ key, places: [first, ...others] }, index) => {
      const outcome = outcomes[index]!;
      verdicts[first] = verdictOf(events[first]!, outcome);
      const [next, ...rest] = others;
      if (next === undefined) return;
      if (outcome.kind === 'refused') unsettled.push({ key, places: [next, ...rest] });
      else for (const other of others) verdicts[other] = verdictOf(events[other]!, afterFirst(events[first]!, outcome));
    });
    waiting = unsettled;
  }
  return verdicts;
}

interface Group {
  readonly key: string;
  /** Of the events with this identity, in receive order. */
  readonly places: [number, ...number[]];
}

/** Sorted by identity. */
function groupByIdentity(events: readonly TrackedEvent[]): Group[] {
  const groups = new Map<string, Group>();
  events.forEach((event, place) => {
    const key = rowKey(event);
    const group = groups.get(key);
    if (group) group.places.push(place);
    else groups.set(key, { key, places: [place] });
  });
  return [...groups.values()].sort((a, b) => compare(a.key, b.key));
}

/** What a later twin meets: the content that is stored now. */
const afterFirst = (first: TrackedEvent, outcome: RowVerdict): RowVerdict =>
  outcome.kind === 'inserted' ? { kind: 'known', fingerprint: first.fingerprint } : outcome;

function verdictOf(event: TrackedEvent, outcome: RowVerdict): Verdict {
  switch (outcome.kind) {
    case 'inserted':
      return { status: 'recorded', eventId: event.eventId };
    case 'known':
      if (sameContent(outcome.fingerprint, event.fingerprint)) return { status: 'duplicate', eventId: event.eventId };
      return rejected(event, new RejectedEvent('id_conflict', conflictDetail(event, outcome.fingerprint), 'event_id'));
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

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
