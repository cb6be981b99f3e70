import { Client } from 'pg';

/** The fate of an input, as it can be seen from outside. */
export type SeenVerdict =
  | { readonly status: 'recorded'; readonly row: Row }
  | { readonly status: 'duplicate' }
  | { readonly status: 'rejected'; readonly reason: string; readonly detail: string };

export type Row = Readonly<Record<string, unknown>>;

/** Everything in the row but how it came in (`intake`, `message_id`). */
const ROWS = `
  select message_id, event_key, event_id, event_type, (extract(epoch from received_at) * 1000)::float8 as received_at,
    (extract(epoch from occurred_at) * 1000)::float8 as occurred_at, user_id, session_id, page_url, page_key::text, x, y,
    viewport_width, viewport_height, scroll_y, user_agent, reaction, conversion_type, amount::text, currency, properties,
    interaction, view_id, scroll_depth, document_width, document_height, target
  from events`;

export interface StoredRow {
  readonly messageId: string | null;
  readonly row: Row & { readonly event_key: string; readonly event_id: string; readonly received_at: number };
}

export async function storedRows(databaseUrl: string): Promise<StoredRow[]> {
  const rows = await ask<StoredRow['row'] & { message_id: string | null }>(databaseUrl, ROWS);
  return rows.map(({ message_id: messageId, ...row }) => ({ messageId, row }));
}

export interface Letter {
  readonly message_id: string;
  readonly reason: string;
  readonly detail: string;
  readonly payload: Buffer;
}

export const storedLetters = (databaseUrl: string): Promise<Letter[]> =>
  ask<Letter>(databaseUrl, 'select message_id, reason, detail, payload from dead_letters');

/** An id that nobody sent is made by each way in its own manner. */
export const withoutMintedId = (row: Row): Row => ({ ...row, event_id: 'minted', event_key: 'minted' });

/** The service's own counter, whatever the intake: `recorded`, `duplicate`, `rejected schema`, … */
export function countedVerdicts(metrics: string): Record<string, number> {
  const counted = metrics.matchAll(/^monitoreo_events_total\{intake="\w+",verdict="(\w+)",reason="(\w*)"\} (\d+)$/gm);
  return Object.fromEntries([...counted].map(([, verdict, reason, n]) => [`${verdict} ${reason}`.trim(), Number(n)]));
}

async function ask<R extends object>(databaseUrl: string, statement: string): Promise<R[]> {
  const sql = new Client({ connectionString: databaseUrl });
  await sql.connect();
  try {
    return (await sql.query<R>(statement)).rows;
  } finally {
    await sql.end();
  }
}
