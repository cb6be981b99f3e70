import { checkedUnseen, inFile, type Variables } from '../platform/config/variable.js';
import { checkErasureKey } from './domain/pseudonyms.js';

export const PEOPLE_VARIABLES = {
  ERASURE_KEY: inFile(
    checkedUnseen(checkErasureKey, {
      default: null,
      about:
        'key of the hashes by which erased persons are known, at least 32 bytes, the same in all regions and for ever; unset: nobody can be erased',
    }),
  ),
} as const satisfies Variables;
