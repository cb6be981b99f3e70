import type { OwnKeys } from './own-keys.port.js';

/** The signs that stand between keys in a header: `Bearer k`, `token="k"`, `a:b`. */
const BETWEEN_PARTS = /[\s,;:="']+/;
/** The characters that an HTTP header may hold; others could not be sent. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]+$/;

/** Returns the value, unless it is a key of ours or holds one. */
export const unlessOurs = (value: string | undefined, keys: OwnKeys): string | null =>
  value === undefined || !SENDABLE.test(value) || holdsKey(value, keys) ? null : value;

export function holdsKey(value: string, keys: OwnKeys): boolean {
  const parts = value.split(BETWEEN_PARTS);
  const possible = new Set([value, ...parts, ...parts.flatMap(decoded)]);
  possible.delete('');
  return [...possible].some((part) => keys.has(part));
}

/** `Basic` carries user and password encoded. */
function decoded(part: string): string[] {
  const text = Buffer.from(part, 'base64').toString('latin1');
  return [text, ...text.split(':')];
}
