import { excerptPath } from './excerpt.js';
import { RejectedEvent } from '../rejection.js';

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** With the `u` flag a well-formed pair is one code point, so only halves match. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

interface Finding {
  nul: string | null;
  loneSurrogate: string | null;
}

/**
 * Walks keys and texts of a value that nests at most 32 levels. Forbidden keys are named before U+0000,
 * and that before lone surrogates, wherever they stand.
 *
 * @throws {RejectedEvent} forbidden_key, nul_char, lone_surrogate
 */
export function rejectUnstorableTexts(value: Record<string, unknown>): void {
  const finding: Finding = { nul: null, loneSurrogate: null };
  walk(value, '', finding);
  rejectFinding(finding);
}

/** The same for one text from outside the payload, such as a message property. */
export function rejectUnstorableText(text: string, field: string): void {
  const finding: Finding = { nul: null, loneSurrogate: null };
  inspect(text, field, finding);
  rejectFinding(finding);
}

export function isStorableText(text: string): boolean {
  return !text.includes('\0') && !LONE_SURROGATE.test(text);
}

function walk(value: unknown, path: string, finding: Finding): void {
  if (typeof value === 'string') {
    inspect(value, path, finding);
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) walk(value[index], `${path}[${index}]`, finding);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const keyPath = path === '' ? key : `${path}.${key}`;
      if (FORBIDDEN_KEYS.has(key)) {
        throw new RejectedEvent('forbidden_key', `rename the key ${key}: it is not accepted`, excerptPath(keyPath));
      }
      inspect(key, keyPath, finding);
      walk(item, keyPath, finding);
    }
  }
}

function inspect(text: string, path: string, finding: Finding): void {
  if (finding.nul === null && text.includes('\0')) finding.nul = path;
  if (finding.loneSurrogate === null && LONE_SURROGATE.test(text)) finding.loneSurrogate = path;
}

function rejectFinding({ nul, loneSurrogate }: Finding): void {
  if (nul !== null) {
    throw new RejectedEvent('nul_char', 'remove U+0000: PostgreSQL cannot store it', excerptPath(nul));
  }
  if (loneSurrogate !== null) {
    throw new RejectedEvent(
      'lone_surrogate',
      'send whole characters: half a pair is no text',
      excerptPath(loneSurrogate),
    );
  }
}
