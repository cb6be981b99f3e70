const SHOWN_CHARACTERS = 60;
const PATH_CHARACTERS = 200;

/**
 * A value as an error text may show it: at most 60 characters of it, ASCII only (others as `\u` escapes), so that the
 * text itself can be stored and logged whatever the input was. Arrays and objects are named, not shown.
 */
export function excerpt(value: unknown): string {
  if (typeof value === 'string') {
    const shown = asciiOnly(JSON.stringify(value.slice(0, SHOWN_CHARACTERS)));
    return value.length > SHOWN_CHARACTERS ? `${shown}... (${value.length} characters)` : shown;
  }
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
  return JSON.stringify(value);
}

/** A JSON path made of the sender's keys, cut at 200 characters and ASCII only. */
export function excerptPath(path: string): string {
  return asciiOnly(path.length > PATH_CHARACTERS ? path.slice(0, PATH_CHARACTERS) + '...' : path);
}

function asciiOnly(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}
