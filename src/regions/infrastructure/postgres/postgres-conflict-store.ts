import type { EventType } from '../../../events/domain/event-type.js';
import type { RecordedFact } from '../../../events/domain/content/recorded-fact.js';
import { bigintArray, textArray, uuidArray } from '../../../platform/postgres/binary/binary-array.js';
import type { Database } from '../../../platform/postgres/database.js';
import {
  type ConflictingContent,
  ConflictStore,
  type Identity,
} from '../../application/merging/conflict-store.port.js';

/** The times of the identities say in which partitions to look. */
const RECORDED = `
select fact.event_key::text as "eventKey", fact.event_type as "eventType", event_id as "eventId", user_id as "userId",
  session_id as "sessionId", page_url as "pageUrl", x, y, viewport_width as "viewportWidth", viewport_height as "viewportHeight",
  scroll_y as "scrollY", reaction, conversion_type as "conversionType", amount::text as amount, currency, interaction,
  view_id as "viewId", scroll_depth as "scrollDepth", document_width as "documentWidth", document_height as "documentHeight",
  target::text as target, properties::text as properties
from unnest($1::uuid[], $2::text[]) as wanted (event_key, event_type)
join event_identity using (event_key, event_type)
join lateral (
  select * from events
  where events.occurred_at = event_identity.occurred_at and events.event_key = wanted.event_key and events.event_type = wanted.event_type
) as fact on true`;

/** In one order for all who write. */
const ADD = `
insert into region_conflicts (event_key, event_type, fingerprint, event_id, content, first_seen)
select event_key, event_type, fingerprint, event_id, content, now()
from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[]) as contents (event_key, event_type, fingerprint, event_id, content)
order by event_key, event_type, fingerprint
on conflict do nothing`;

export class PostgresConflictStore extends ConflictStore {
  constructor(private readonly database: Database) {
    super();
  }

  async recorded(identities: readonly Identity[]): Promise<readonly (RecordedFact & Identity)[]> {
    const { rows } = await this.database
      .writers()
      .query<RecordedFact & Identity>(RECORDED, [
        uuidArray(identities.map(({ eventKey }) => eventKey)),
        textArray(identities.map(({ eventType }: { eventType: EventType }) => eventType)),
      ]);
    return rows;
  }

  async add(contents: readonly ConflictingContent[]): Promise<void> {
    await this.database
      .writers()
      .query(ADD, [
        uuidArray(contents.map(({ eventKey }) => eventKey)),
        textArray(contents.map(({ eventType }) => eventType)),
        bigintArray(contents.map(({ fingerprint }) => fingerprint)),
        textArray(contents.map(({ eventId }) => eventId)),
        textArray(contents.map(({ content }) => content)),
      ]);
  }
}
