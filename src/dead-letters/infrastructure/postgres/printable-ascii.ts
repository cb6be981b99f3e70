const LONGEST = 1024;

/** Makes a text that quotes input safe for a text column and a log line: everything but printable ASCII is escaped, 1 kB at most. */
export const printableAscii = (text: string): string =>
  text
    .slice(0, LONGEST)
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .slice(0, LONGEST);
