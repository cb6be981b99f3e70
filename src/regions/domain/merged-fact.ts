import { deriveMessageKey } from '../../events/domain/event-identity.js';
import { EVENT_TYPES, type EventType } from '../../events/domain/event-type.js';
import type { IncomingEvent } from '../../events/domain/incoming-event.js';
import { INTAKES, type Intake } from '../../events/domain/intake.js';
import { excerpt } from '../../events/domain/parsing/excerpt.js';
import { parseStrictJson } from '../../events/domain/parsing/strict-json.js';
import { EARLIEST_MS, LATEST_MS } from '../../events/domain/timestamps.js';
import { FACT_COLUMNS, type FactColumn, type FactRow } from './fact-row.js';

/** Another region gave a row that is no fact. */
export class NoFact extends Error {
  override readonly name = 'NoFact';
}

/** A fact of another region. */
export interface MergedFact {
  readonly eventKey: string;
  readonly eventType: EventType;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly receivedAt: number;
  readonly intake: Intake;
  readonly messageId: string | null;
  /** Null: the person is erased. */
  readonly fingerprint: bigint | null;
  /** Its content is read only when it is recorded. */
  readonly row: FactRow;
}

const place = (column: FactColumn) => FACT_COLUMNS.indexOf(column);
const EVENT_KEY = place('event_key');
const EVENT_TYPE = place('event_type');
const OCCURRED_AT = place('occurred_at');
const RECEIVED_AT = place('received_at');
const INTAKE = place('intake');
const MESSAGE_ID = place('message_id');
const FINGERPRINT = place('fingerprint');

const INTEGER = /^-?\d{1,19}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws {NoFact} */
export function mergedFact(row: FactRow): MergedFact {
  const fingerprint = row[FINGERPRINT] ?? null;
  return {
    eventKey: uuid(text(row, EVENT_KEY)),
    eventType: oneOf(EVENT_TYPES, text(row, EVENT_TYPE)),
    occurredAt: instant(row, OCCURRED_AT),
    receivedAt: instant(row, RECEIVED_AT),
    intake: oneOf(INTAKES, text(row, INTAKE)),
    messageId: row[MESSAGE_ID] ?? null,
    fingerprint: fingerprint === null ? null : fingerprintOf(fingerprint),
    row,
  };
}

function text(row: FactRow, at: number): string {
  const value = row[at];
  if (value == null) throw new NoFact(`a fact without ${FACT_COLUMNS[at]}`);
  return value;
}

function oneOf<Name extends string>(names: readonly Name[], value: string): Name {
  const name = names.find((known) => known === value);
  if (name === undefined) throw new NoFact(`not one of ${names.join(', ')}: ${value}`);
  return name;
}

function uuid(value: string): string {
  if (!UUID.test(value)) throw new NoFact(`not a key: ${value}`);
  return value;
}

function instant(row: FactRow, at: number): number {
  const value = text(row, at);
  const ms = INTEGER.test(value) ? Number(value) : NaN;
  if (!(ms >= EARLIEST_MS && ms <= LATEST_MS)) throw new NoFact(`${FACT_COLUMNS[at]} is not a time: ${excerpt(value)}`);
  return ms;
}

/** A whole number of 64 bits. @throws {NoFact} */
export function fingerprintOf(value: string): bigint {
  const number = INTEGER.test(value) ? BigInt(value) : null;
  if (number === null || BigInt.asIntN(64, number) !== number) throw new NoFact(`not a fingerprint: ${value}`);
  return number;
}

/**
 * Makes the input of the command that every intake uses. The id stands in the payload, and the key is a function of the id,
 * so no identity is minted.
 */
export const incomingFact = (fact: MergedFact): IncomingEvent => ({
  body: '',
  intake: 'merge',
  eventType: fact.eventType,
  receivedAt: fact.receivedAt,
  fallbackTime: fact.occurredAt,
  attributes: NO_ATTRIBUTES,
  mintKey: () => fact.eventKey,
  messageId: fact.messageId,
  userAgent: null,
  recorded: { fingerprint: fact.fingerprint, payload: () => payloadOf(fact.row) },
});

const NO_ATTRIBUTES = {};

/** Columns that an intake takes as they are, and those that it takes as numbers. */
const FIELDS = FACT_COLUMNS.slice(FINGERPRINT + 1);
const NUMBERS: ReadonlySet<FactColumn> = new Set([
  'x',
  'y',
  'viewport_width',
  'viewport_height',
  'scroll_y',
  'scroll_depth',
  'document_width',
  'document_height',
]);
const JSON_COLUMNS: ReadonlySet<FactColumn> = new Set(['target', 'properties']);
type Reading = (value: string) => unknown;
const asIs: Reading = (value) => value;
const READINGS: readonly Reading[] = FIELDS.map((column) =>
  NUMBERS.has(column) ? Number : JSON_COLUMNS.has(column) ? (value) => parseStrictJson(value) : asIs,
);

/** The payload that an intake would take. @throws {RejectedEvent} where its JSON is not accepted */
function payloadOf(row: FactRow): Record<string, unknown> {
  const payload: Record<string, unknown> = {};
  for (let n = 0; n < FIELDS.length; n++) {
    const value = row[FINGERPRINT + 1 + n];
    if (value != null) payload[FIELDS[n]!] = READINGS[n]!(value);
  }
  return payload;
}

/** The names from which the identities of a region's messages without an id are derived, beside where the message lies. */
export interface DerivedBy {
  readonly cluster: string;
  /** Full names. */
  readonly topics: Readonly<Record<EventType, string>>;
}

/** Whether its identity is derived from where a message lay in the broker of that region. */
export function isDerived(fact: MergedFact, { cluster, topics }: DerivedBy): boolean {
  if (fact.intake !== 'pulsar' || fact.messageId === null) return false;
  const topic = topics[fact.eventType];
  return (
    deriveMessageKey({ cluster, topic, messageId: fact.messageId, publishedAt: fact.receivedAt }) === fact.eventKey
  );
}
