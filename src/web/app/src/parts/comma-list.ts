/**
 * Texts in one parameter, as the API takes the steps of a funnel: commas between them; a comma and a percent sign inside of one are
 * percent-encoded.
 */
export const joined = (texts: readonly string[]): string =>
  texts.map((text) => text.replace(/[%,]/g, (sign) => encodeURIComponent(sign))).join(',');

/** Parts that cannot be decoded are left out. */
export function parted(list: string): string[] {
  return list.split(',').flatMap((text) => {
    try {
      return text === '' ? [] : [decodeURIComponent(text)];
    } catch {
      return [];
    }
  });
}
