import { signedBrokerTime } from '../broker-time.js';
import { heldBytes } from '../held-bytes.js';
import { NOT_TOLD, type ReceivedMessage } from '../message-broker.port.js';
import { parseNativeMessageId } from '../message-id.js';
import type { NativeConsumer, NativeEncryptionContext, NativeMessage } from './native-client.js';
import { Receipt } from './native-receipt.js';

/** Everything at once: an accessor or closure over the native message would keep its memory alive. */
export function copyMessage(message: NativeMessage, topic: string, consumer: NativeConsumer): ReceivedMessage {
  const id = message.getMessageId();
  const data = message.getData();
  const key = message.getPartitionKey() || null;
  const properties = Object.fromEntries(Object.entries(message.getProperties()));
  const encryption = message.getEncryptionContext();
  const bytes = heldBytes({ data, key, properties });
  const costsPermits = encryption !== null && encryption.batchSize > 1;
  return {
    topic,
    messageId: parseNativeMessageId(id.toString()),
    data,
    publishedAt: signedBrokerTime(message.getPublishTimestamp()),
    eventTime: signedBrokerTime(message.getEventTimestamp()) || null,
    key,
    properties,
    encryption: encryption && describeEncryption(encryption),
    ...NOT_TOLD,
    receipt: new Receipt(consumer, id, message.getTopicName(), bytes, costsPermits),
  };
}

/** How a producer encrypted a message, in JSON, in the form and with the names that the other adapters have from Pulsar. */
const describeEncryption = (context: NativeEncryptionContext): string =>
  JSON.stringify({
    keys: Object.fromEntries(
      context.keys.map(({ key, value, metadata }) => [key, { keyValue: value.toString('base64'), metadata }]),
    ),
    param: context.param.toString('base64'),
    algorithm: context.algorithm,
    compressionType: context.compressionType.toUpperCase(),
    uncompressedMessageSize: context.uncompressedMessageSize,
    batchSize: context.batchSize < 0 ? null : context.batchSize,
  });
