import { countCharacters } from '../characters.js';

const SHOWN_CHARACTERS = 60;
const PATH_CHARACTERS = 200;

/**
 * A value as an error text may show it: at most 60 characters of it, ASCII only (others as `\u` escapes), so that the
 * text itself can be stored and logged whatever the input was. Arrays and objects are named, not shown.
 */
export function excerpt(value: unknown): string {
  if (typeof value === 'string') {
    const first = cut(value, SHOWN_CHARACTERS);
    const shown = asciiOnly(JSON.stringify(first));
    return first.length < value.length ? `${shown}... (${countCharacters(value)} characters)` : shown;
  }
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
  return JSON.stringify(value);
}

/** A JSON path made of the sender's keys, cut at 200 characters and ASCII only. */
export function excerptPath(path: string): string {
  const first = cut(path, PATH_CHARACTERS);
  return asciiOnly(first.length < path.length ? first + '...' : path);
}

/** By UTF-16 units, each of which is an escape of six letters, but never through a character. */
const cut = (text: string, most: number) =>
  text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/, '');

function asciiOnly(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}
