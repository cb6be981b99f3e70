import { Readable } from 'node:stream';
import type { HeldItem, HeldPages } from '../application/export/export-person.query.js';

/** The bytes that a stream hands on at once. */
const CHUNK_BYTES = 65_536;

/**
 * Writes one object per line. It reads a page only when the client has taken the one before. The first page is read before
 * the stream begins, so that an error still gets a status of its own. An error that comes later breaks the connection, so
 * that half of the answer does not look like all of it.
 *
 * @param taken is called whenever the client has taken some of it
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

/** It answers null at the end. */
async function bytesOf(pages: HeldPages): Promise<Buffer | null> {
  const page = await pages.next();
  return page.done ? null : Buffer.from(page.value.map(line).join(''));
}

const line = (item: HeldItem) => `${JSON.stringify(item)}\n`;
