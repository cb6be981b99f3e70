import { Injectable } from '@nestjs/common';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { Logger } from '../../../../platform/observability/logger.js';
import { instantArray, textArray, uuidArray } from '../../../../platform/postgres/binary/binary-array.js';
import { Database } from '../../../../platform/postgres/database.js';
import { classify, tookTooLong } from '../../../../platform/postgres/sql-state.js';
import type { EventType } from '../../../domain/incoming-event.js';
import { MAX_PROPERTIES_BYTES } from '../../../domain/parsing/event-fields.js';
import type { RecordedFact } from '../../../domain/content/recorded-fact.js';
import { FIND_FACTS } from './record-events.sql.js';
import { rowKey } from './record-transaction.js';

/** 100 facts of 128 kB are what a statement may answer. */
const FACTS_AT_ONCE = 100;
/** White space and nulls of older versions make what is stored twice as long as what was accepted; more says something else. */
const LARGEST_PROPERTIES = 2 * MAX_PROPERTIES_BYTES;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

export interface WantedFact {
  readonly eventKey: string;
  readonly eventType: EventType;
  /** Epoch milliseconds, as the identity has it. */
  readonly occurredAt: number;
}

/** The stored facts by `rowKey`; null where one holds more than any event of today can say. A fact that is no longer kept is absent. */
export type FoundFacts = ReadonlyMap<string, RecordedFact | null>;

/** Reads the content of stored events, for the few that cannot be compared by their fingerprints. */
@Injectable()
export class RecordedFacts {
  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  /** Tries again until PostgreSQL answers. @returns null once `signal` has ended it. */
  async find(wanted: readonly WantedFact[], signal: AbortSignal): Promise<FoundFacts | null> {
    let some: readonly WantedFact[] = [];
    const tooMany = (error: unknown) => some.length > 1 && tookTooLong(error);
    const policy = retry(
      handleWhen((error) => !signal.aborted && !tooMany(error) && classify(error).fault !== 'data'),
      {
        maxAttempts: Infinity,
        backoff: new ExponentialBackoff({ initialDelay: FIRST_RETRY_MS, maxDelay: LAST_RETRY_MS }),
      },
    );
    policy.onFailure(({ reason }) => {
      this.logger.warn({ err: 'error' in reason ? reason.error : reason }, 'stored events could not be read');
    });
    const found = new Map<string, RecordedFact | null>();
    for (let from = 0, most = FACTS_AT_ONCE; from < wanted.length;) {
      some = wanted.slice(from, from + most);
      try {
        for (const row of await policy.execute(() => this.read(some), signal)) {
          found.set(rowKey({ eventKey: row.event_key, eventType: row.event_type }), row.beyond ? null : factOf(row));
        }
        from += some.length;
      } catch (error) {
        if (signal.aborted) return null;
        // Properties that take seconds to write as text are read one by one.
        if (!tooMany(error)) throw error;
        most = Math.ceil(some.length / 4);
      }
    }
    return found;
  }

  private async read(wanted: readonly WantedFact[]): Promise<readonly FactRow[]> {
    const { rows } = await this.database
      .writers()
      .query<FactRow>(FIND_FACTS, [
        uuidArray(wanted.map(({ eventKey }) => eventKey)),
        textArray(wanted.map(({ eventType }) => eventType)),
        instantArray(wanted.map(({ occurredAt }) => occurredAt)),
        LARGEST_PROPERTIES,
      ]);
    return rows;
  }
}

interface FactRow {
  readonly event_key: string;
  readonly event_type: EventType;
  readonly event_id: string;
  readonly user_id: string | null;
  readonly session_id: string | null;
  readonly page_url: string | null;
  readonly x: number | null;
  readonly y: number | null;
  readonly viewport_width: number | null;
  readonly viewport_height: number | null;
  readonly scroll_y: number | null;
  readonly reaction: RecordedFact['reaction'];
  readonly conversion_type: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly interaction: RecordedFact['interaction'];
  readonly view_id: string | null;
  readonly scroll_depth: number | null;
  readonly document_width: number | null;
  readonly document_height: number | null;
  readonly target: string | null;
  readonly properties: string | null;
  readonly beyond: boolean;
}

const factOf = (row: FactRow): RecordedFact => ({
  eventType: row.event_type,
  eventId: row.event_id,
  userId: row.user_id,
  sessionId: row.session_id,
  pageUrl: row.page_url,
  x: row.x,
  y: row.y,
  viewportWidth: row.viewport_width,
  viewportHeight: row.viewport_height,
  scrollY: row.scroll_y,
  reaction: row.reaction,
  conversionType: row.conversion_type,
  amount: row.amount,
  currency: row.currency,
  interaction: row.interaction,
  viewId: row.view_id,
  scrollDepth: row.scroll_depth,
  documentWidth: row.document_width,
  documentHeight: row.document_height,
  target: row.target,
  properties: row.properties,
});
