const SHOWN_CHARACTERS = 4096;

/** The beginning of the bytes as text; null when they are not UTF-8. @param wholeBytes how many there are, if more were sent */
export function payloadText(payload: Buffer, wholeBytes = payload.length): string | null {
  try {
    // Cut between characters: half of a pair is no text.
    return new TextDecoder('utf-8', { fatal: true })
      .decode(payload, { stream: payload.length < wholeBytes }) // then the last character may be cut
      .slice(0, SHOWN_CHARACTERS)
      .replace(/[\ud800-\udbff]$/, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    return null;
  }
}
