import { hash } from 'node:crypto';
import type { EventContent } from './event-content.js';

/**
 * Raised when the normalisation changes: between versions the stored fact is sorted anew (recorded-fact.ts). At most 127.
 * 1: the first. 2: the younger fields of clicks are fields, and null is absent at any depth.
 */
export const FINGERPRINT_VERSION = 2;
const VERSION_BITS = BigInt(FINGERPRINT_VERSION) << 56n;

/**
 * The content of an event in 64 bits: 8 bits of version and 56 of SHA-256 over the normalised content. Times, user agent and transport
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
    youngerParts(content) +
    part(properties);
  return VERSION_BITS | BigInt('0x' + hash('sha256', text).slice(0, 14));
}

/**
 * Whether an event says the same as the one that holds its identity, as far as their fingerprints tell. An erased one (null)
 * always does.
 *
 * @param resorted whether there are synonyms: an event that was recorded before they were set may be the same, sorted
 * otherwise
 * @returns null if only the stored fact can tell
 */
export function sameFingerprint(stored: bigint | null, sent: bigint | null, resorted: boolean): boolean | null {
  if (stored === null || sent === null || stored === sent) return true;
  return resorted || !sameVersion(stored, sent) ? null : false;
}

/** Whether two were made by the same rules. */
export const sameVersion = (one: bigint, other: bigint): boolean => one >> 56n === other >> 56n;

const WITHOUT_YOUNGER = '------';

/** Most events have none of them: one text instead of six is 0.1 µs of an event's 4.3. */
function youngerParts(content: EventContent): string {
  const { interaction, viewId, scrollDepth, documentWidth, documentHeight, target } = content;
  if (
    viewId === null &&
    interaction === null &&
    scrollDepth === null &&
    documentWidth === null &&
    documentHeight === null &&
    target === null
  ) {
    return WITHOUT_YOUNGER;
  }
  return (
    part(interaction) + part(viewId) + part(scrollDepth) + part(documentWidth) + part(documentHeight) + part(target)
  );
}

/** Length-prefixed (UTF-16 code units), so that no value can reach into its neighbour; `-` is absent. */
function part(value: string | number | null): string {
  if (value === null) return '-';
  const text = typeof value === 'string' ? value : String(value);
  return `${text.length}:${text}`;
}
