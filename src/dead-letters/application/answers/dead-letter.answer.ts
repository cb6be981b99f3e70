import Type from 'typebox';
import { REASON } from '../../../events/application/answers/record-events.answer.js';
import { type Answer, answer, count, described, nullable, text, time } from '../../../platform/answer-schema.js';
import { DEAD_LETTER_STATES } from '../../domain/dead-letter-state.js';

export const LETTER_ID = Type.String({ format: 'uuid', examples: ['019aab4c-3e80-7abc-8def-0123456789ab'] });

export const DeadLetterView = answer('DeadLetter', {
  id: LETTER_ID,
  reason: described(REASON, 'Why the bytes as sent cannot be recorded; `/dead-letters/counts` says how to mend it.'),
  detail: nullable(
    text('user_id: must be a string of 1 to 255 characters; got nothing', 'What is wrong and how to mend it.'),
  ),
  topic: text('persistent://public/default/clicks', 'Full name, without a partition.'),
  message_id: text('12:345:-1:-1', '`ledger:entry:partition:batchIndex`.'),
  key: nullable(text('u-1', 'Key of the message.'), { examples: [null] }),
  published_at: nullable(
    time('2025-11-22T11:00:00.000Z', 'When the broker got it: what the age of the event is measured from.'),
  ),
  published_at_text: nullable(
    text('253402300800000', 'Instead of `published_at`, where that is not in the years 1 to 9999: epoch milliseconds.'),
    { examples: [null] },
  ),
  event_time: nullable(time('2025-11-22T11:00:00.000Z', 'Event time of the message.'), { examples: [null] }),
  event_time_text: nullable(
    text('1763809200000000', 'Instead of `event_time`, where that is not in the years 1 to 9999: epoch milliseconds.'),
    { examples: [null] },
  ),
  first_seen: time('2025-11-22T11:00:00.100Z', 'When it became a dead letter.'),
  attempts: count(1, 'How often recording was tried: deliveries and replays.', 1),
  state: Type.Enum([...DEAD_LETTER_STATES], { examples: ['open'] }),
  replayed_at: nullable(time('2025-11-22T12:00:00.000Z', 'When a replay found it recorded; null while it is open.'), {
    examples: [null],
  }),
  event_id: nullable(text('order-1001', 'What it was recorded as; null while it is open.'), { examples: [null] }),
  payload_bytes: count(37, 'Size of the bytes as sent.'),
});
export type DeadLetterView = Answer<typeof DeadLetterView>;

export const DeadLetterPage = answer('DeadLetterPage', {
  dead_letters: Type.Array(DeadLetterView, { description: 'Newest first.' }),
  next_cursor: nullable(
    text(
      'MSAxNzYzODA5MjAwMDAwIDAxOWFhYjRjLTNlODAtN2FiYy04ZGVmLTAxMjM0NTY3ODlhYg',
      'Send it as `cursor` for the next older page; null at the end.',
    ),
  ),
  truncated_by: Type.Union([Type.Literal('bytes'), Type.Null()], {
    examples: [null],
    description:
      '`bytes`: the page ended before its `limit`, since it would have had more than about 4 MB; `next_cursor` leads on. Else null.',
  }),
});
export type DeadLetterPage = Answer<typeof DeadLetterPage>;

export const DeadLetterDetails = answer('DeadLetterDetails', {
  ...DeadLetterView.properties,
  properties: Type.Record(Type.String(), Type.String(), {
    examples: [{ source: 'shop' }],
    description: 'Of the message; a CloudEvent in binary mode has its attributes here.',
  }),
  payload_base64: text(
    'eyJ1cmwiOiIvcHJpY2luZyJ9',
    'The bytes as sent, base64; the first 8 MiB of them where `payload_bytes` says more.',
  ),
  payload_text: nullable(
    text('{"url":"/pricing"}', 'The first 4,096 characters, when the bytes shown are UTF-8; else null.'),
  ),
  envelope_base64: nullable(
    text(
      'CgR0ZXN0EAAY+4/0r6oz',
      "Of an entry that could not be opened: Pulsar's `MessageMetadata` as they came, base64; else null.",
    ),
    { examples: [null] },
  ),
  schema_version_base64: nullable(
    text(
      'AAAAAAAAAAA=',
      'The version of the schema that the bytes were written with, base64; null where none was named.',
    ),
    { examples: [null] },
  ),
});
export type DeadLetterDetails = Answer<typeof DeadLetterDetails>;

/** A reason of the closed list, what to do about it, and how many letters have it. */
export const ReasonCount = answer('ReasonCount', {
  reason: REASON,
  meaning: text('a field is missing, or has the wrong type, length or range'),
  fix: text('The detail names the field and what it should be. Replay with the corrected field.'),
  open: count(3, 'Letters that were not replayed.'),
  replayed: count(12, 'Letters that were replayed and are still kept.'),
  erased: count(0, 'Letters of persons who were erased: without their bytes.'),
});
export type ReasonCount = Answer<typeof ReasonCount>;

export const DeadLetterCounts = answer('DeadLetterCounts', {
  reasons: Type.Array(ReasonCount, { description: 'The closed list, in the order of the checks.' }),
  open: count(3, 'Over all reasons.'),
  replayed: count(12, 'Over all reasons.'),
  erased: count(0, 'Over all reasons.'),
});
export type DeadLetterCounts = Answer<typeof DeadLetterCounts>;
