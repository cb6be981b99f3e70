import Type from 'typebox';
import { type Answer, answer, count, nullable, text } from '../../../platform/answer-schema.js';
import { REASON_CODES } from '../../domain/rejection.js';

export const REASON = Type.Enum([...REASON_CODES], {
  $id: 'RejectionReason',
  examples: ['schema'],
  description: 'Why an event cannot be recorded; `/dead-letters/counts` says how to mend it.',
});

/** Says what became of an event, or of one more attempt to record it. */
export const verdict = (options: { readonly description?: string } = {}) =>
  Type.Enum(['recorded', 'duplicate', 'rejected'], { examples: ['recorded'], ...options });

export const whyRejected = (description: string) =>
  nullable(Type.Enum([...REASON_CODES], { description }), { examples: [null] });

export const RecordedItem = answer('RecordedItem', {
  index: count(0, 'Place in the batch'),
  status: verdict(),
  event_id: nullable(text('order-1001', 'Null when it was rejected before it had one')),
  code: whyRejected('Why it was rejected'),
  detail: nullable(text('user_id must be a string', 'What is wrong and how to mend it'), { examples: [null] }),
});
export type RecordedItem = Answer<typeof RecordedItem>;

export const RecordedEvents = answer('RecordedEvents', { results: Type.Array(RecordedItem) });
export type RecordedEvents = Answer<typeof RecordedEvents>;

export const Tracked = answer('Tracked', {
  event_id: text('0194f3a0-5c00-7000-8000-000000000001', 'The id sent, or the one made for the event'),
});
export type Tracked = Answer<typeof Tracked>;
