import { firstCharacters } from '../../events/domain/characters.js';

const SHOWN_CHARACTERS = 4096;

/** The beginning of the bytes as text; null when they are not UTF-8. @param wholeBytes how many there are, if more were sent */
export function payloadText(payload: Buffer, wholeBytes = payload.length): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload, {
      stream: payload.length < wholeBytes, // then the last character may be cut
    });
    return firstCharacters(text, SHOWN_CHARACTERS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    return null;
  }
}
