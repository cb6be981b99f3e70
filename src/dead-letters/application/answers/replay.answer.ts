import Type from 'typebox';
import { verdict, whyRejected } from '../../../events/application/answers/record-events.answer.js';
import { type Answer, answer, count, nullable, text, time } from '../../../platform/answer-schema.js';
import { DEAD_LETTER_STATES } from '../../domain/dead-letter-state.js';
import { LETTER_ID } from './dead-letter.answer.js';

export const ReplayedLetter = answer('ReplayedLetter', {
  id: LETTER_ID,
  status: verdict({ description: '`duplicate`: the event was recorded already, or the letter replayed already.' }),
  event_id: nullable(
    text('order-1001', 'What it is recorded as; of a rejected one null, or the id that it would have had.'),
  ),
  code: whyRejected('Why this attempt was rejected.'),
  detail: nullable(text('user_id must be a string', 'What is wrong and how to mend it.'), { examples: [null] }),
  state: Type.Enum([...DEAD_LETTER_STATES], { examples: ['replayed'], description: 'Of the letter now.' }),
  attempts: count(2, 'How often recording was tried: deliveries and replays.', 1),
  replayed_at: nullable(time('2025-11-22T12:00:00.000Z', 'When a replay found it recorded; null while it is open.')),
});
export type ReplayedLetter = Answer<typeof ReplayedLetter>;

export const ReplayTally = answer('ReplayTally', {
  recorded: count(12, 'Recorded now.'),
  duplicate: count(0, 'Found recorded already; their letters are replayed too.'),
  rejected: count(0, 'Rejected again: open, with the reason and detail of this attempt.'),
  skipped: count(0, 'In the hands of another replay, or concluded by it meanwhile.'),
  next_cursor: nullable(
    text(
      'MSAxNzYzODA5MjAwMDAwIDAxOWFhYjRjLTNlODAtN2FiYy04ZGVmLTAxMjM0NTY3ODlhYg',
      'Send it as `cursor` to go on after the last letter tried; null at the end.',
    ),
    { examples: [null] },
  ),
});
export type ReplayTally = Answer<typeof ReplayTally>;
