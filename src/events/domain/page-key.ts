import { hash } from 'node:crypto';

/** Signed 64-bit hash of a page's address, the first 8 bytes of its SHA-256: an index over it stays narrow whatever the URL's length. */
export function pageKeyOf(pageUrl: string): bigint {
  return BigInt.asIntN(64, BigInt('0x' + hash('sha256', pageUrl).slice(0, 16)));
}
