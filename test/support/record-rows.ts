import type { EventStore } from '../../src/events/application/event-store.port.js';
import { EVENT_TYPES, type EventType } from '../../src/events/domain/incoming-event.js';
import { TrackedEvent } from '../../src/events/domain/tracked-event.js';

/** An event as a test writes it: fields as on the wire, and the type; a number as `timestamp` is milliseconds, however small. */
export type Row = Record<string, unknown> & { event_type: EventType; event_id: string; timestamp: number | string };

/** Records rows through the event store, as every intake does, in batches. */
export async function recordRows(store: EventStore, rows: readonly Row[]): Promise<void> {
  const events = rows.map(trackedRow);
  for (let from = 0; from < events.length; from += 1000) {
    const verdicts = await store.append(events.slice(from, from + 1000));
    const failed = verdicts.find(({ status }) => status !== 'recorded');
    if (failed) throw new Error(`a test's row was not recorded: ${JSON.stringify(failed)}`);
  }
}

export function trackedRow({ event_type, timestamp, ...fields }: Row): TrackedEvent {
  if (!EVENT_TYPES.includes(event_type)) throw new Error(`no event type: ${event_type}`);
  const time = typeof timestamp === 'number' ? new Date(timestamp).toISOString() : timestamp;
  const receivedAt = Date.parse('2026-01-15T13:00:00.000Z');
  return TrackedEvent.record(
    {
      body: JSON.stringify({ user_id: 'u', ...fields, timestamp: time }),
      intake: 'import',
      eventType: event_type,
      receivedAt,
      fallbackTime: receivedAt,
      attributes: {},
      mintKey: () => {
        throw new Error('a test row has an id');
      },
      messageId: null,
      userAgent: null,
    },
    { maxEventAgeDays: 36_500 },
  );
}
