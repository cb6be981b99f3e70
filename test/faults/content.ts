import { createHash } from 'node:crypto';
import type { EventType } from '../../src/events/domain/incoming-event.js';

/** The content that the table must have for an event: written by the producer from what it sends, by the auditor from the row. */
export interface Content {
  readonly type: EventType;
  readonly eventId: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly pageUrl: string | null;
  readonly x: number | null;
  readonly y: number | null;
  readonly viewportWidth: number | null;
  readonly viewportHeight: number | null;
  readonly scrollY: number | null;
  readonly userAgent: string | null;
  readonly reaction: string | null;
  readonly conversionType: string | null;
  /** Decimal; trailing zeros do not count. */
  readonly amount: string | null;
  readonly currency: string | null;
  /** JSON text of one object. */
  readonly properties: string | null;
}

export const HASH_BYTES = 16;

/** Which event it is: hash of type and id. */
export const identityHash = (type: string, eventId: string): Buffer => digest(`${type} ${eventId}`);

/** The content of the event, field by field. Independent of the service's fingerprint, which leaves fields out. */
export function contentHash(content: Content): Buffer {
  const { amount, properties } = content;
  return digest(
    JSON.stringify([
      content.type,
      content.eventId,
      content.occurredAt,
      content.userId,
      content.sessionId,
      content.pageUrl,
      content.x,
      content.y,
      content.viewportWidth,
      content.viewportHeight,
      content.scrollY,
      content.userAgent,
      content.reaction,
      content.conversionType,
      amount === null ? null : amount.replace(/\.?0+$/, (zeros) => (amount.includes('.') ? '' : zeros)),
      content.currency,
      properties === null ? null : sortedEntries(properties),
    ]),
  );
}

export const payloadHash = (payload: Buffer): Buffer => digest(payload);

const digest = (data: string | Buffer) => createHash('sha256').update(data).digest().subarray(0, HASH_BYTES);

/** PostgreSQL keeps the keys of jsonb in an order of its own. Generated properties are flat. */
const sortedEntries = (json: string) =>
  Object.entries(JSON.parse(json) as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
