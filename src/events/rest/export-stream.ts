import { Readable } from 'node:stream';
import type { EventView } from '../application/answers/event.answer.js';
import type { EventPages } from '../application/export-events.query.js';
import type { ExportFormat } from './export-format.js';

/** A stream hands on so many bytes at once. */
const CHUNK_BYTES = 65_536;

/**
 * Writes the export as bytes. The next page is read only when the client has taken the one before, and of a page only its
 * bytes are held. The first page is read before the stream begins, so that an error of the request or of the database still
 * gets a status of its own. A later failure breaks the connection, so that half a file does not look like a whole one.
 *
 * @param taken is called whenever the client has taken some of it
 */
export async function exportStream(
  pages: EventPages,
  { header, line }: ExportFormat,
  taken: () => void,
): Promise<Readable> {
  const rest = pages[Symbol.asyncIterator]();
  const first = await bytesOf(rest, line);
  return Readable.from(
    chunks(first, () => bytesOf(rest, line), Buffer.from(header), taken),
    {
      objectMode: false,
      highWaterMark: CHUNK_BYTES,
    },
  );
}

async function* chunks(
  first: Buffer | null,
  next: () => Promise<Buffer | null>,
  header: Buffer,
  taken: () => void,
): AsyncGenerator<Buffer> {
  if (header.length > 0) yield header;
  for (let page = first; page !== null; page = await next()) {
    for (let at = 0; at < page.length; at += CHUNK_BYTES) {
      yield page.subarray(at, at + CHUNK_BYTES);
      taken();
    }
  }
}

/** The bytes of the next page; null at the end. The events are taken out of the page, since whoever waits to go on after it still holds it. */
async function bytesOf(pages: AsyncIterator<EventView[]>, line: ExportFormat['line']): Promise<Buffer | null> {
  const page = await pages.next();
  return page.done ? null : Buffer.from(page.value.splice(0).map(line).join(''));
}
