import { hash } from 'node:crypto';

/** Most events are on few pages: their keys are remembered, up to this many, then all over again. */
const MOST_REMEMBERED = 5_000;
const remembered = new Map<string, bigint>();

/** Signed 64-bit hash of a page's address, the first 8 bytes of its SHA-256: an index over it stays narrow whatever the URL's length. */
export function pageKeyOf(pageUrl: string): bigint {
  let key = remembered.get(pageUrl);
  if (key === undefined) {
    key = BigInt.asIntN(64, BigInt('0x' + hash('sha256', pageUrl).slice(0, 16)));
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(pageUrl, key);
  }
  return key;
}
