import type { EventType, IncomingEvent } from '../../../../src/events/domain/incoming-event.js';
import type { Intake } from '../../../../src/events/domain/intake.js';
import type { RejectionReason } from '../../../../src/events/domain/rejection.js';
import type { TrackedEvent } from '../../../../src/events/domain/tracked-event.js';

/** 2026-03-01T10:00:00.000Z, when every case of the table is received. */
export const RECEIVED_AT = 1_772_359_200_000;
export const MINTED_KEY = '019ca8d1-4c00-7000-8000-00000000cafe';
export const RULES = { maxEventAgeDays: 400 };

interface Circumstances {
  /** Default: click. null: the body names it. */
  readonly type?: EventType | null;
  readonly intake?: Intake;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly fallbackTime?: number;
  readonly userAgent?: string;
}

export interface PayloadCase {
  readonly name: string;
  readonly incoming: IncomingEvent;
  readonly expected:
    | { readonly recorded: Partial<TrackedEvent> }
    | { readonly rejected: RejectionReason; readonly field: string | null };
}

function incomingFrom(body: unknown, circumstances: Circumstances): IncomingEvent {
  return {
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    intake: circumstances.intake ?? 'pulsar',
    eventType: circumstances.type === undefined ? 'click' : circumstances.type,
    receivedAt: RECEIVED_AT,
    fallbackTime: circumstances.fallbackTime ?? RECEIVED_AT,
    attributes: circumstances.attributes ?? {},
    mintKey: () => MINTED_KEY,
    messageId: '12:34:-1:0',
    userAgent: circumstances.userAgent ?? null,
  };
}

/** A payload that is recorded with these values; other fields are not looked at. An object stands for its JSON. */
export function recorded(
  name: string,
  body: unknown,
  values: Partial<TrackedEvent>,
  circumstances: Circumstances = {},
): PayloadCase {
  return { name, incoming: incomingFrom(body, circumstances), expected: { recorded: values } };
}

export function rejected(
  name: string,
  body: unknown,
  reason: RejectionReason,
  field: string | null = null,
  circumstances: Circumstances = {},
): PayloadCase {
  return { name, incoming: incomingFrom(body, circumstances), expected: { rejected: reason, field } };
}
