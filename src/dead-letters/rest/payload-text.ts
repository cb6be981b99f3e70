import { firstCharacters } from '../../events/domain/characters.js';

const SHOWN_CHARACTERS = 4096;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** The beginning of the bytes as text; null when they are not UTF-8 as a whole. */
export function payloadText(payload: Buffer): string | null {
  try {
    return firstCharacters(strictUtf8.decode(payload), SHOWN_CHARACTERS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    return null;
  }
}
