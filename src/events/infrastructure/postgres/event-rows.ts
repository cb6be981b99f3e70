import type { TrackedEvent } from '../../domain/tracked-event.js';
import {
  bigintArray,
  doubleArray,
  instantArray,
  integerArray,
  textArray,
  uuidArray,
} from '../../../platform/postgres/binary-array.js';

/** Parameters of INSERT_IDENTITIES. */
export const identityColumns = (events: readonly TrackedEvent[]): Buffer[] => [
  ...keyColumns(events),
  bigintArray(events.map((event) => event.fingerprint)),
  instantArray(events.map((event) => event.occurredAt)),
];

/** Parameters of FIND_IDENTITIES. */
export const keyColumns = (events: readonly TrackedEvent[]): Buffer[] => [
  uuidArray(events.map((event) => event.eventKey)),
  textArray(events.map((event) => event.eventType)),
];

/** Parameters of INSERT_FACTS, in its order. */
export const factColumns = (events: readonly TrackedEvent[]): Buffer[] => [
  ...keyColumns(events),
  textArray(events.map((event) => event.eventId)),
  instantArray(events.map((event) => event.occurredAt)),
  instantArray(events.map((event) => event.receivedAt)),
  textArray(events.map((event) => event.userId)),
  textArray(events.map((event) => event.sessionId)),
  textArray(events.map((event) => event.pageUrl)),
  bigintArray(events.map((event) => event.pageKey)),
  doubleArray(events.map((event) => event.x)),
  doubleArray(events.map((event) => event.y)),
  integerArray(events.map((event) => event.viewportWidth)),
  integerArray(events.map((event) => event.viewportHeight)),
  integerArray(events.map((event) => event.scrollY)),
  textArray(events.map((event) => event.userAgent)),
  textArray(events.map((event) => event.reaction)),
  textArray(events.map((event) => event.conversionType)),
  textArray(events.map((event) => event.amount)),
  textArray(events.map((event) => event.currency)),
  textArray(events.map((event) => event.properties)),
  textArray(events.map((event) => event.intake)),
  textArray(events.map((event) => event.messageId)),
];
