import { Erasures, LOG_LOCK, LOG_VERSION } from '../../../events/application/erasures.port.js';
import { erasedContent, personOfContent } from '../../../events/domain/content/erased-content.js';
import type { ErasureLog } from '../../../events/domain/content/erasure-log.js';
import type { EventType } from '../../../events/domain/event-type.js';
import { EVENTS_LOCKS } from '../../../events/events.locks.js';
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

/** All writers use this one order. */
const ADD = `
insert into region_conflicts (event_key, event_type, fingerprint, event_id, content, first_seen)
select event_key, event_type, fingerprint, event_id, content, now()
from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[]) as contents (event_key, event_type, fingerprint, event_id, content)
order by event_key, event_type, fingerprint
on conflict do nothing`;

export class PostgresConflictStore extends ConflictStore {
  constructor(
    private readonly database: Database,
    private readonly erasures: Erasures,
  ) {
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
    while (!(await this.addByLog(contents))) await this.erasures.refresh();
  }

  /** @returns false where somebody was erased since the log was read, and nothing is added */
  private addByLog(contents: readonly ConflictingContent[]): Promise<boolean> {
    const { log } = this.erasures;
    const { version } = log;
    const kept = contents.map((content) => byLog(content, log));
    return this.database.transaction(async (client) => {
      await client.query(LOG_LOCK, [EVENTS_LOCKS.recording]);
      const { rows } = await client.query<{ version: number }>(LOG_VERSION);
      if (rows[0]!.version !== version) return false;
      await client.query(ADD, [
        uuidArray(kept.map(({ eventKey }) => eventKey)),
        textArray(kept.map(({ eventType }) => eventType)),
        bigintArray(kept.map(({ fingerprint }) => fingerprint)),
        textArray(kept.map(({ eventId }) => eventId)),
        textArray(kept.map(({ content }) => content)),
      ]);
      return true;
    });
  }
}

/** A content does not say when it was received. So nothing personal is kept of a person who was ever erased. */
function byLog(content: ConflictingContent, log: ErasureLog): ConflictingContent {
  const userId = personOfContent(content.content);
  if (userId === null || !log.holds(userId)) return content;
  const { fingerprint, text } = erasedContent(content.content);
  return { ...content, eventId: content.eventKey, fingerprint, content: text };
}
