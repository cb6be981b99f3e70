import type { TrackedEvent } from '../../../domain/tracked-event.js';
import { bigintArray, instantArray, textArray, uuidArray } from '../../../../platform/postgres/binary/binary-array.js';
import { BinaryCopy } from '../../../../platform/postgres/binary/binary-copy.js';

/** Parameters of INSERT_IDENTITIES. */
export const identityColumns = (events: readonly TrackedEvent[]): Buffer[] => [
  ...keyColumns(events),
  bigintArray(events.map((event) => event.fingerprint)),
  instantArray(events.map((event) => event.occurredAt)),
];

const IDENTITY_COLUMNS = 4;
/** Four lengths, a key, the longest type, fingerprint, time; and two bytes before. */
const IDENTITY_BYTES = 60;

/** The data of COPY_IDENTITIES, in the order of its columns. */
export function identityRows(events: readonly TrackedEvent[]): Buffer {
  const rows = new BinaryCopy(events.length * IDENTITY_BYTES);
  for (const event of events) {
    rows.row(IDENTITY_COLUMNS);
    rows.uuid(event.eventKey);
    rows.text(event.eventType);
    rows.bigint(event.fingerprint);
    rows.instant(event.occurredAt);
  }
  return rows.messages();
}

/** Parameters of FIND_IDENTITIES. */
export const keyColumns = (events: readonly TrackedEvent[]): Buffer[] => [
  uuidArray(events.map((event) => event.eventKey)),
  textArray(events.map((event) => event.eventType)),
];

const FACT_COLUMNS = 29;
/** A guess: an ordinary row without its free fields. */
const FACT_BYTES = 400;

/** The data of COPY_FACTS, in the order of its columns. @param transactionId the one that this COPY is part of */
export function factRows(events: readonly TrackedEvent[], transactionId: bigint): Buffer {
  const rows = new BinaryCopy(
    events.reduce((bytes, { properties }) => bytes + FACT_BYTES + (properties?.length ?? 0), 0),
  );
  for (const event of events) {
    rows.row(FACT_COLUMNS);
    rows.uuid(event.eventKey);
    rows.text(event.eventType);
    rows.text(event.eventId);
    rows.instant(event.occurredAt);
    rows.instant(event.receivedAt);
    rows.text(event.userId);
    rows.text(event.sessionId);
    rows.text(event.pageUrl);
    rows.bigint(event.pageKey);
    rows.double(event.x);
    rows.double(event.y);
    rows.integer(event.viewportWidth);
    rows.integer(event.viewportHeight);
    rows.integer(event.scrollY);
    rows.text(event.userAgent);
    rows.text(event.reaction);
    rows.text(event.conversionType);
    rows.numeric(event.amount);
    rows.text(event.currency);
    rows.jsonb(event.properties);
    rows.text(event.intake);
    rows.text(event.messageId);
    rows.text(event.interaction);
    rows.text(event.viewId);
    rows.double(event.scrollDepth);
    rows.integer(event.documentWidth);
    rows.integer(event.documentHeight);
    rows.jsonb(event.target);
    rows.bigint(transactionId);
  }
  return rows.messages();
}
