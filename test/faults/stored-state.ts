import { Client } from 'pg';
import type { EventType } from '../../src/events/domain/incoming-event.js';
import type { RejectionReason } from '../../src/events/domain/rejection.js';
import { contentHash, HASH_BYTES, identityHash } from './content.js';

const FETCH = 20_000;

const COLUMNS = `event_type, event_id, (extract(epoch from occurred_at) * 1000)::float8, user_id, session_id, page_url, x, y,
  viewport_width, viewport_height, scroll_y, user_agent, reaction, conversion_type, amount::text, currency, properties::text`;

type Row = [
  EventType,
  string,
  number,
  string | null,
  string | null,
  string | null,
  number | null,
  number | null,
  number | null,
  number | null,
  number | null,
  string | null,
  string | null,
  string | null,
  string | null,
  string | null,
  string | null,
];

export interface StoredEvent {
  readonly identity: string;
  readonly content: string;
  readonly shown: string;
}

export interface StoredDeadLetter {
  readonly payload: string;
  readonly reason: RejectionReason;
}

/** The content of the database, read on a connection of the auditor's own. */
export class StoredState {
  private constructor(private readonly client: Client) {}

  static async open(url: string): Promise<StoredState> {
    const client = new Client({ connectionString: url, application_name: 'auditor', statement_timeout: 300_000 });
    await client.connect();
    // One snapshot for all questions of an audit.
    await client.query('begin transaction isolation level repeatable read read only');
    return new StoredState(client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** @param from epoch milliseconds; none: everything. */
  events(from: number | null, seen: (event: StoredEvent) => void): Promise<void> {
    if (from === null) return this.scan(`select ${COLUMNS} from events`, [], seen);
    return this.scan(`select ${COLUMNS} from events where occurred_at >= to_timestamp($1)`, [from / 1000], seen);
  }

  /** Events of these instants (epoch milliseconds, distinct). */
  async eventsAt(instants: readonly number[], seen: (event: StoredEvent) => void): Promise<void> {
    const at = instants.map((instant) => new Date(instant).toISOString());
    // By the index, whatever the planner knows of a table that grew a moment ago.
    for (const way of ['hashjoin', 'mergejoin', 'seqscan']) await this.client.query(`set local enable_${way} = off`);
    await this.scan(
      `select ${COLUMNS} from unnest($1::timestamptz[]) as wanted (at) join events on occurred_at = wanted.at`,
      [at],
      seen,
    );
    for (const way of ['hashjoin', 'mergejoin', 'seqscan']) await this.client.query(`set local enable_${way} = on`);
  }

  async deadLetters(): Promise<StoredDeadLetter[]> {
    const { rows } = await this.client.query<{ reason: RejectionReason; hash: Buffer }>(
      'select reason, sha256(payload) as hash from dead_letters',
    );
    return rows.map(({ reason, hash }) => ({ reason, payload: hash.toString('latin1', 0, HASH_BYTES) }));
  }

  async counts(): Promise<{ facts: number; identities: number }> {
    const { rows } = await this.client.query<{ facts: number; identities: number }>(
      `select (select count(*) from events)::int as facts, (select count(*) from event_identity)::int as identities`,
    );
    return rows[0]!;
  }

  /** Facts without identity, identities without fact, and pairs that differ: as lines. @param from epoch milliseconds: of events since */
  async unpaired(from = 0): Promise<string[]> {
    const { rows } = await this.client.query<{ line: string }>(
      `select coalesce(f.event_key, i.event_key) || ' ' || coalesce(f.event_type, i.event_type) || ': ' || coalesce(f.n, 0) || ' facts' as line
       from (select event_key, event_type, count(*) as n, min(occurred_at) as occurred_at from events group by 1, 2) f
       full join event_identity i on i.event_key = f.event_key and i.event_type = f.event_type
       where (f.n is distinct from 1 or i.event_key is null or i.occurred_at <> f.occurred_at)
         and coalesce(i.occurred_at, f.occurred_at) >= to_timestamp($1) limit 20`,
      [from / 1000],
    );
    return rows.map(({ line }) => line);
  }

  /** Buckets of a projection that differ from a recount of the facts. @param from epoch milliseconds; none: everything kept. */
  async wrongBuckets(table: 'event_counts_2s' | 'event_counts_15m', from: number | null): Promise<string[]> {
    const seconds = table === 'event_counts_2s' ? 2 : 900;
    const start = from === null ? 0 : Math.floor(from / 1000 / seconds) * seconds;
    const kept = table === 'event_counts_2s' ? 'fine_horizon' : `'epoch'::timestamptz`;
    const { rows } = await this.client.query<{ line: string }>(
      `with bound as (select greatest(to_timestamp($1), (select ${kept} from storage_bounds)) as start),
         recount as (
           select to_timestamp(floor(extract(epoch from occurred_at) / ${seconds}) * ${seconds}) as bucket, event_type,
             coalesce(reaction, currency, '') as label, count(*) as n, coalesce(sum(amount), 0) as amount
           from events where occurred_at >= (select start from bound) group by 1, 2, 3)
       select coalesce(p.bucket, r.bucket) || ' ' || coalesce(p.event_type, r.event_type) || ' ' || coalesce(p.label, r.label)
         || ': ' || coalesce(p.n, 0) || ' for ' || coalesce(r.n, 0) || ', ' || coalesce(p.amount, 0) || ' for ' || coalesce(r.amount, 0) as line
       from recount r
       full join (select * from ${table} where bucket >= (select start from bound)) p
         on p.bucket = r.bucket and p.event_type = r.event_type and p.label = r.label
       where coalesce(p.n, 0) <> coalesce(r.n, 0) or coalesce(p.amount, 0) <> coalesce(r.amount, 0) limit 20`,
      [start],
    );
    return rows.map(({ line }) => `${table} ${line}`);
  }

  private async scan(query: string, values: unknown[], seen: (event: StoredEvent) => void): Promise<void> {
    await this.client.query(`declare scan no scroll cursor for ${query}`, values);
    for (;;) {
      const { rows } = await this.client.query<Row>({ text: `fetch ${FETCH} from scan`, rowMode: 'array' } as never);
      for (const row of rows) seen(storedEvent(row));
      if (rows.length < FETCH) break;
    }
    await this.client.query('close scan');
  }
}

function storedEvent(row: Row): StoredEvent {
  const [type, eventId, occurredAt, userId, sessionId, pageUrl, x, y, viewportWidth, viewportHeight, scrollY] = row;
  const [userAgent, reaction, conversionType, amount, currency, properties] = row.slice(11) as (string | null)[];
  const content = contentHash({
    type,
    eventId,
    occurredAt,
    userId,
    sessionId,
    pageUrl,
    x,
    y,
    viewportWidth,
    viewportHeight,
    scrollY,
    userAgent: userAgent!,
    reaction: reaction!,
    conversionType: conversionType!,
    amount: amount!,
    currency: currency!,
    properties: properties!,
  });
  return {
    identity: identityHash(type, eventId).toString('latin1'),
    content: content.toString('latin1'),
    shown: `${type} ${eventId}`,
  };
}
