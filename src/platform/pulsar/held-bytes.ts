import type { ReceivedMessage } from './message-broker.port.js';

/** About how many bytes of a message its sender chose: it can be all properties. The envelope is small and not counted. */
export function heldBytes({ data, key, properties }: Pick<ReceivedMessage, 'data' | 'key' | 'properties'>): number {
  let bytes = data.length + (key?.length ?? 0);
  for (const name in properties) bytes += name.length + (properties[name]?.length ?? 0);
  return bytes;
}
