import type { EventView } from '../application/answers/event.answer.js';

/** The columns are the fields of the JSON answer, in this order. New ones come last: readers count columns. */
const COLUMNS = [
  'event_id',
  'event_type',
  'user_id',
  'session_id',
  'url',
  'page_url',
  'occurred_at',
  'received_at',
  'x',
  'y',
  'viewport_width',
  'viewport_height',
  'scroll_y',
  'user_agent',
  'reaction',
  'conversion_type',
  'amount',
  'currency',
  'properties',
  'interaction',
  'view_id',
  'scroll_depth',
  'document_width',
  'document_height',
  'target',
] as const satisfies readonly (keyof EventView)[];

const END_OF_LINE = '\r\n';

/** A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection); full-width forms too, in some locales. */
const FORMULA = /^[=+\-@\t\r\n\0＝＋－＠]/;
const NEEDS_QUOTES = /[",\r\n]/;

export const CSV_HEADER = COLUMNS.join(',') + END_OF_LINE;

/** One line, RFC 4180. Absent is an empty cell, properties and target are JSON text. */
export const csvLine = (event: EventView): string =>
  COLUMNS.map((column) => cell(event[column])).join(',') + END_OF_LINE;

function cell(sent: EventView[(typeof COLUMNS)[number]]): string {
  if (sent === null) return '';
  const value = typeof sent === 'object' ? JSON.stringify(sent) : sent;
  // No field of an event is negative. The same text as String gives, which keeps each in a cache that only a full collection empties.
  if (typeof value === 'number') return JSON.stringify(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
