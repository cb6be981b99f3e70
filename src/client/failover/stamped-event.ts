import type { Host } from './host.js';

/** An event as it is sent, each time in the same bytes. */
export interface StampedEvent {
  readonly id: string;
  readonly json: string;
}

/** Fields of the contract; `event_id` and `timestamp` may be there already. */
export type NewEvent = Readonly<Record<string, unknown>>;

/** Identity and time are given once: whichever region gets the event, and however often, it is the same one. */
export function stamped(event: NewEvent, host: Host): StampedEvent {
  const id = typeof event.event_id === 'string' ? event.event_id : newId(host);
  return { id, json: JSON.stringify({ ...event, event_id: id, timestamp: event.timestamp ?? host.now() }) };
}

/** UUID of version 7 (RFC 9562 §5.7): it begins with the time, which keeps the service's index local. */
export function newId(host: Host): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const random = [...host.randomBytes(10)].map((byte) => hex(byte, 2)).join('');
  const time = hex(host.now(), 12);
  const variant = hex(0x8 | (parseInt(random[3]!, 16) & 0x3), 1);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}
