import { EventStore } from '../../events/application/event-store.port.js';
import type { TrackedEvent } from '../../events/domain/tracked-event.js';
import type { Verdict } from '../../events/domain/verdict.js';
import type { Database } from '../../platform/postgres/database.js';
import { timestamp } from '../../platform/postgres/timestamp.js';

const FORESEE = `
  select identity.event_key is not null as known, happened.occurred_at < bounds.retention_floor as below
  from unnest($1::uuid[], $2::text[], $3::timestamptz[]) with ordinality
    as happened (event_key, event_type, occurred_at, place)
  cross join storage_bounds as bounds
  left join event_identity as identity using (event_key, event_type)
  order by happened.place`;

/** Says what would become of events, and stores none. Twins of one append are both new to it. */
export class ForeseenEvents extends EventStore {
  constructor(private readonly database: Database) {
    super();
  }

  override isFull(): boolean {
    return false;
  }

  override async append(events: readonly TrackedEvent[]): Promise<Verdict[]> {
    const values = [
      events.map(({ eventKey }) => eventKey),
      events.map(({ eventType }) => eventType),
      events.map(({ occurredAt }) => timestamp(occurredAt)),
    ];
    const found = await this.database.read<{ known: boolean; below: boolean }>({ text: FORESEE, values });
    return events.map(({ eventId }, at) => {
      if (found[at]!.known) return { status: 'duplicate', eventId };
      if (!found[at]!.below) return { status: 'recorded', eventId };
      const detail = 'the time lies below the retention floor';
      return { status: 'rejected', eventId, reason: 'too_old', detail, field: null };
    });
  }
}
