import { invalidRequest } from '../../platform/http/validation.js';
import type { RecordedEvents, RecordedItem } from '../application/answers/record-events.answer.js';
import type { Verdict } from '../domain/verdict.js';
import { itemsAsSent } from './items-as-sent.js';

const MOST_ITEMS = 1000;

/** @param parsed the same body. @throws Problem 400 when it is no batch */
export function itemsOf(body: Buffer, parsed: unknown): (Buffer | string)[] {
  const { events } = (parsed ?? {}) as { events?: unknown };
  if (!Array.isArray(events) || events.length === 0 || events.length > MOST_ITEMS) {
    throw invalidRequest([{ field: 'events', message: `must be an array of 1 to ${MOST_ITEMS} events` }]);
  }
  return itemsAsSent(body, 'events');
}

export const resultsOf = (verdicts: readonly Verdict[]): RecordedEvents => ({ results: verdicts.map(result) });

const result = (verdict: Verdict, index: number): RecordedItem =>
  verdict.status === 'rejected'
    ? { index, status: 'rejected', event_id: verdict.eventId, code: verdict.reason, detail: verdict.detail }
    : { index, status: verdict.status, event_id: verdict.eventId, code: null, detail: null };
