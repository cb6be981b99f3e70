import { ApiParam } from '@nestjs/swagger';
import { countCharacters } from '../../events/domain/characters.js';
import { isStorableText } from '../../events/domain/parsing/storable-text.js';
import { invalidRequest } from '../../platform/http/validation.js';

/** Characters, counted as recording counts them. */
const MAX_USER_ID = 255;

export const ApiUserId = (example: string) =>
  ApiParam({
    name: 'user_id',
    description: 'As producers send it.',
    schema: { type: 'string', minLength: 1, maxLength: MAX_USER_ID, example },
  });

/** @throws Problem 400 where no producer could have sent it */
export function checkedUserId(userId: string): string {
  if (countCharacters(userId) <= MAX_USER_ID && isStorableText(userId)) return userId;
  throw invalidRequest([{ field: 'user_id', message: `must be 1 to ${MAX_USER_ID} characters, none of them U+0000` }]);
}
