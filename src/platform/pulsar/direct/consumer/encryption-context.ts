import { COMPRESSION } from '../codec/protocol.js';
import type { MessageMetadata } from '../codec/message-metadata.js';

const COMPRESSION_NAMES = new Map<number, string>(Object.entries(COMPRESSION).map(([name, number]) => [number, name]));

/** How a producer encrypted an entry, in JSON, with the names that Pulsar's own clients give it; null: it did not. */
export function describeEncryption(metadata: MessageMetadata): string | null {
  const { encryptionKeys, encryptionParameters } = metadata;
  if (encryptionKeys === null) return null;
  return JSON.stringify({
    keys: Object.fromEntries(
      encryptionKeys.map(({ name, value, metadata: keyMetadata }) => [
        name,
        { keyValue: value.toString('base64'), metadata: keyMetadata },
      ]),
    ),
    param: encryptionParameters?.toString('base64') ?? null,
    algorithm: metadata.encryptionAlgorithm,
    compressionType: COMPRESSION_NAMES.get(metadata.compression) ?? metadata.compression,
    uncompressedMessageSize: metadata.uncompressedSize,
    batchSize: metadata.batchSize,
  });
}
