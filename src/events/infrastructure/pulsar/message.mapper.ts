import type { ReceivedMessage } from '../../../platform/pulsar/message-broker.port.js';
import { deriveMessageKey } from '../../domain/event-identity.js';
import type { EventType, IncomingEvent } from '../../domain/incoming-event.js';
import { refuseIdentity } from '../../domain/rejection.js';

const ENCRYPTED = { reason: 'encrypted', detail: 'the message is encrypted: the service cannot read it' } as const;

/** Identity from the message's address: the same over redelivery, restart and adapter. */
export const messageKey = (message: ReceivedMessage, cluster: string): string =>
  deriveMessageKey({ cluster, topic: message.topic, messageId: message.messageId, publishedAt: message.publishedAt });

/**
 * The topic decides the type; the publish time, never the consumer's clock, decides the age.
 *
 * @param mints false: the message must bring its identity
 */
export const toIncomingEvent = (
  message: ReceivedMessage,
  eventType: EventType,
  cluster: string,
  mints = true,
): IncomingEvent => ({
  body: message.data,
  intake: 'pulsar',
  eventType,
  receivedAt: message.publishedAt,
  fallbackTime: message.eventTime ?? message.publishedAt,
  attributes: message.properties,
  mintKey: mints ? () => messageKey(message, cluster) : refuseIdentity,
  messageId: message.messageId,
  userAgent: null,
  unreadable: message.encryption === null ? message.failure : ENCRYPTED,
});
