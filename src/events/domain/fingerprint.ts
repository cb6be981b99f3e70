import { hash } from 'node:crypto';
import type { EventContent } from './event-content.js';

/** Raised when the normalisation changes: fingerprints of different versions are not compared. At most 127. */
export const FINGERPRINT_VERSION = 1;
const VERSION_BITS = BigInt(FINGERPRINT_VERSION) << 56n;

/**
 * What an event says, in 64 bits: 8 bits of version and 56 of SHA-256 over the normalised content. Times, user agent and transport
 * stay out, because a producer that sends again stamps them anew; the id and the type stay out, because they are what is compared under.
 *
 * @param properties canonical JSON, or null
 */
export function fingerprintOf(content: EventContent, properties: string | null): bigint {
  const text =
    part(content.userId) +
    part(content.sessionId) +
    part(content.pageUrl) +
    part(content.x) +
    part(content.y) +
    part(content.viewportWidth) +
    part(content.viewportHeight) +
    part(content.scrollY) +
    part(content.reaction) +
    part(content.conversionType) +
    part(content.amount) +
    part(content.currency) +
    part(properties);
  return VERSION_BITS | BigInt('0x' + hash('sha256', text).slice(0, 14));
}

/** Whether two events of one identity count as the same: also when one was erased (null) or the versions differ. */
export function sameContent(a: bigint | null, b: bigint | null): boolean {
  return a === null || b === null || a === b || a >> 56n !== b >> 56n;
}

/** Length-prefixed (UTF-16 code units), so that no value can reach into its neighbour; `-` is absent. */
function part(value: string | number | null): string {
  if (value === null) return '-';
  const text = typeof value === 'string' ? value : String(value);
  return `${text.length}:${text}`;
}
