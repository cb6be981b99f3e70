import type { EventView } from '../application/answers/event.answer.js';

/** The columns are the fields of the JSON answer, in this order. */
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
] as const satisfies readonly (keyof EventView)[];

const END_OF_LINE = '\r\n';

/** A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection); full-width forms too, in some locales. */
const FORMULA = /^[=+\-@\t\r\n\0＝＋－＠]/;
const NEEDS_QUOTES = /[",\r\n]/;

export const CSV_HEADER = COLUMNS.join(',') + END_OF_LINE;

/** One line, RFC 4180. Absent is an empty cell, properties are JSON text. */
export const csvLine = (event: EventView): string =>
  COLUMNS.map((column) => cell(column === 'properties' ? JSON.stringify(event.properties) : event[column])).join(',') +
  END_OF_LINE;

function cell(value: string | number | null): string {
  if (value === null) return '';
  // No field of an event is negative. The same text as String gives, which keeps each in a cache that only a full collection empties.
  if (typeof value === 'number') return JSON.stringify(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
