import { firstCharacters } from '../../events/domain/characters.js';

const SHOWN_CHARACTERS = 4096;

/** The beginning of the bytes as text; null: they are not UTF-8. @param wholeBytes how many there are, if more were sent */
export function payloadText(payload: Buffer, wholeBytes = payload.length): string | null {
  try {
    // If there are more bytes than were given, the last character may be cut.
    const decoder = new TextDecoder('utf-8', { fatal: true });
    return firstCharacters(decoder.decode(payload, { stream: payload.length < wholeBytes }), SHOWN_CHARACTERS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    return null;
  }
}
