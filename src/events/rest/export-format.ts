import type { EventView } from '../application/answers/event.answer.js';
import { CSV_HEADER, csvLine } from './csv.js';

export interface ExportFormat {
  /** Content-Type of the answer. */
  readonly contentType: string;
  /** For a program that saves the answer as a file; null when it is read as it comes. */
  readonly fileName: string | null;
  readonly header: string;
  readonly line: (event: EventView) => string;
}

const NDJSON: ExportFormat = {
  contentType: 'application/x-ndjson',
  fileName: null,
  header: '',
  line: (event) => `${JSON.stringify(event)}\n`,
};

/** Excel takes a CSV without it for the code page of its country, and ñ for two letters. */
const BYTE_ORDER_MARK = '\ufeff';

const CSV: ExportFormat = {
  contentType: 'text/csv; charset=utf-8; header=present',
  fileName: 'events.csv',
  header: CSV_HEADER,
  line: csvLine,
};

/** By media range as a client may write it; null is the page of JSON. The first of equal preference wins. */
const FORMATS: ReadonlyMap<string, ExportFormat | null> = new Map([
  ['application/json', null],
  ['application/*', null],
  ['*/*', null],
  ['application/x-ndjson', NDJSON],
  ['application/ndjson', NDJSON],
  ['text/csv', CSV],
  ['text/*', CSV],
]);

/**
 * Finds what the `Accept` header prefers (RFC 9110 §12.5.1): the known media range with the greatest `q`, and the first of
 * those. A header that names nothing we have gets the page of JSON, as one that is absent.
 *
 * @param bom whether CSV begins with a byte order mark
 */
export function exportFormatOf(accept: string | undefined, bom: boolean): ExportFormat | null {
  let best: { format: ExportFormat | null; q: number } = { format: null, q: 0 };
  for (const range of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const format = FORMATS.get(type);
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const q = weight === undefined ? 1 : Number(weight.slice(2));
    if (format !== undefined && q > best.q) best = { format, q };
  }
  return bom && best.format === CSV ? { ...CSV, header: BYTE_ORDER_MARK + CSV_HEADER } : best.format;
}
