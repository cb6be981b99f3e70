import { hash } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const LARGEST_48_BITS = 2 ** 48 - 1;

export interface EventIdentity {
  /** UUID in lower case: with the event type the identity of the event, for ever. */
  readonly eventKey: string;
  /** As the producer sent it, or the derived UUID. */
  readonly eventId: string;
}

/**
 * The key is a pure function of the stored id, so that a merge or a replay finds it again: a UUID (8-4-4-4-12 hexadecimal digits of
 * any version and case) is itself in lower case, any other text is hashed to a UUIDv8.
 */
export function eventKeyOf(eventId: string): string {
  return eventId.length === 36 && UUID.test(eventId) ? eventId.toLowerCase() : uuidV8(digest('id', [eventId]));
}

/** Identity of a CloudEvent: the stored id is the derived UUID, `source` and `id` themselves stand in the properties. */
export function cloudEventKey(source: string, id: string): string {
  return uuidV8(digest('cloudevent', [source, id]));
}

/** Where a message without an id lay in the broker: equal for both adapters, over redelivery and restart. */
export interface MessageAddress {
  /** `PULSAR_CLUSTER`: a broker set up afresh starts its ledgers at small numbers again. */
  readonly cluster: string;
  /** Full name of the topic without its partition, `persistent://public/default/clicks`. */
  readonly topic: string;
  /** `ledger:entry:partition:batchIndex`; of a chunked message the last chunk's. */
  readonly messageId: string;
  /** Publish time, epoch milliseconds. */
  readonly publishedAt: number;
}

/**
 * UUIDv8 laid out like a v7: 48 bits of publish time, so that keys of one period lie together in the index, then 74 bits of SHA-256.
 * A time outside 0..2^48−1 is bounded, never an error: broker metadata must not stop the consumer.
 */
export function deriveMessageKey({ cluster, topic, messageId, publishedAt }: MessageAddress): string {
  return uuidV8(timeBits(publishedAt) + digest('message', [cluster, topic, messageId]));
}

/** The key of a row of a file that has no id of its own. */
export interface FileRow {
  /** The kind of file that it is from: rows of another kind never have its keys. */
  readonly kind: string;
  /** All that it says, in one form: rows that say the same have the same. */
  readonly content: string;
  /** How many rows before it in its file say the same. */
  readonly ordinal: number;
  /** When it happened, epoch milliseconds, as `content` alone says it. */
  readonly happenedAt: number;
}

/** UUIDv8 laid out like that of a message: the same row has the same key, whichever file it stands in and however often that is read. */
export function deriveRowKey({ kind, content, ordinal, happenedAt }: FileRow): string {
  return uuidV8(timeBits(happenedAt) + digest('row', [kind, content, String(ordinal)]));
}

/** SHA-256 in hexadecimal over `kind` and the parts as netstrings: `printf '2:id,5:order,' | sha256sum`. */
function digest(kind: string, parts: readonly string[]): string {
  let text = netstring(kind);
  for (const part of parts) text += netstring(part);
  return hash('sha256', text);
}

/** 48 bits in hexadecimal. */
function timeBits(instant: number): string {
  const time = Math.min(Math.max(Math.trunc(instant), 0), LARGEST_48_BITS) || 0;
  return time.toString(16).padStart(12, '0');
}

/** The length counts bytes of UTF-8. */
function netstring(part: string): string {
  return `${Buffer.byteLength(part)}:${part},`;
}

/** The first 128 bits, with version 8 and the RFC 9562 variant written over 6 of them. */
function uuidV8(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0b0011) | 0b1000).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
