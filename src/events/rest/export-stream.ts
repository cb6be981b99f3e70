import { Readable } from 'node:stream';
import type { EventPages } from '../application/export-events.query.js';
import type { EventView } from '../application/answers/event.answer.js';
import type { ExportFormat } from './export-format.js';

/**
 * The export as bytes; the next page is read only when the client has taken the one before. The first page is read
 * here already, so that what is wrong with the request, or with the database, is still an answer with its own status.
 * What fails later breaks the connection: half a file must not look like a whole one.
 */
export async function exportStream(pages: EventPages, { header, line }: ExportFormat): Promise<Readable> {
  const rest = pages[Symbol.asyncIterator]();
  const first = await rest.next();
  return Readable.from(text(first, rest, header, line), { objectMode: false });
}

async function* text(
  first: IteratorResult<readonly EventView[]>,
  rest: AsyncIterator<readonly EventView[]>,
  header: string,
  line: ExportFormat['line'],
): AsyncGenerator<string> {
  if (header !== '') yield header;
  for (let page = first; !page.done; page = await rest.next()) yield page.value.map(line).join('');
}
