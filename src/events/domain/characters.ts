/**
 * A character is a Unicode code point, wherever this service says a number of them: in the event schema (JSON Schema says so), in
 * questions, in cuts. `length` counts UTF-16 units, two for 😀, so that what was recorded could not be asked for.
 */
export function countCharacters(text: string): number {
  let characters = text.length;
  for (let at = 0; at < text.length - 1; at += 1) {
    if (isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1))) characters -= 1;
  }
  return characters;
}

/** The first so many, never half of one. */
export function firstCharacters(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = 0;
  for (let taken = 0; taken < most && end < text.length; taken += 1) {
    end += isHigh(text.charCodeAt(end)) && isLow(text.charCodeAt(end + 1)) ? 2 : 1;
  }
  return text.slice(0, end);
}

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
