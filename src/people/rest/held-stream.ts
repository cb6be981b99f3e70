import { Readable } from 'node:stream';
import type { HeldItem, HeldPages } from '../application/export/export-person.query.js';

/** What a stream hands on at once. */
const CHUNK_BYTES = 65_536;

/**
 * An object per line; the next page is read only when the client has taken the one before. The first one is read here already, so that
 * what is wrong is still an answer with its own status. What fails later breaks the connection: half of it must not look like all.
 *
 * @param taken is called whenever the client has taken some
 */
export async function heldStream(pages: HeldPages, taken: () => void): Promise<Readable> {
  const first = await bytesOf(pages);
  return Readable.from(chunks(first, pages, taken), { objectMode: false, highWaterMark: CHUNK_BYTES });
}

async function* chunks(first: Buffer | null, pages: HeldPages, taken: () => void): AsyncGenerator<Buffer> {
  for (let page = first; page !== null; page = await bytesOf(pages)) {
    for (let at = 0; at < page.length; at += CHUNK_BYTES) {
      yield page.subarray(at, at + CHUNK_BYTES);
      taken();
    }
  }
}

/** Null at the end. */
async function bytesOf(pages: HeldPages): Promise<Buffer | null> {
  const page = await pages.next();
  return page.done ? null : Buffer.from(page.value.map(line).join(''));
}

const line = (item: HeldItem) => `${JSON.stringify(item)}\n`;
