import { eventTypeOf } from '../../events/application/topic-of.js';
import type { IncomingEvent } from '../../events/domain/incoming-event.js';
import { tooLarge } from '../../events/domain/parsing/strict-json.js';
import { refuseIdentity, REJECTION_REASONS, UNREADABLE_REASONS } from '../../events/domain/rejection.js';
import type { Config } from '../../platform/config/config.js';
import type { ClaimedLetter } from './dead-letter-replays.port.js';

const NOTHING = Buffer.alloc(0);

/**
 * Makes of a letter what the consumer would hand over, with the letter's own bytes or a correction. Times and properties are
 * the same, and so is the identity if the event has none of its own. A letter of a topic that is no longer configured must
 * name its type itself.
 */
export const replayedEvent = (letter: ClaimedLetter, correction: Buffer | null, config: Config): IncomingEvent => ({
  body: correction ?? letter.payload ?? NOTHING,
  intake: 'pulsar',
  eventType: eventTypeOf(letter.topic, config),
  receivedAt: letter.publishedAt,
  fallbackTime: letter.eventTime ?? letter.publishedAt,
  attributes: letter.properties,
  mintKey: letter.reason === 'no_identity' ? refuseIdentity : () => letter.originKey,
  messageId: letter.messageId,
  userAgent: null,
  deadLetterId: letter.id,
  unreadable: correction === null ? unreadable(letter) : null,
});

/**
 * The bytes have not changed. If they were examined as an event, they would get another reason, and a worse one, or be recorded
 * though they are none. What could not be opened for another reason than these is too large. Bytes that were not read are too many.
 */
function unreadable({ reason, payload, payloadBytes, unopened }: ClaimedLetter): IncomingEvent['unreadable'] {
  const known = UNREADABLE_REASONS.find((candidate) => candidate === reason) ?? (unopened ? 'too_large' : undefined);
  if (known) return { reason: known, detail: `${REJECTION_REASONS[known].meaning}; replay it with the event` };
  return payload === null ? tooLarge(payloadBytes) : null;
}
