import type { Random } from '../../faults/random.js';
import { RECEIVED_AT } from '../domain/payloads/payload-case.js';
import { type GeneratedInput, GeneratedInputs } from './generated-inputs.js';

/** An input with its way over HTTP and the time at which both ways receive it. */
export interface PlacedInput extends GeneratedInput {
  /** Its place among all: the entry of its message. */
  readonly n: number;
  /** An item of `POST /events`; else the body of `POST /track`, always a click. */
  readonly item: boolean;
  /** Epoch milliseconds. Items of one request share theirs, every other input has its own. */
  readonly receivedAt: number;
}

const ITEM_SHARE = 0.8;

/** So many inputs in portions: the items of one request first, then single clicks. Both ways keep this order. */
export function* rounds(random: Random, count: number, size: number): Generator<PlacedInput[]> {
  const inputs = new GeneratedInputs(random);
  for (let from = 0; from < count; from += size) {
    const receivedAt = RECEIVED_AT + from;
    const drawn = Array.from({ length: Math.min(size, count - from) }, () => inputs.next(receivedAt));
    const asItem = drawn.map((input) => canBeItem(input) && random.next() < ITEM_SHARE);
    const items = drawn.filter((_, index) => asItem[index]).map((input) => ({ ...input, item: true }));
    const clicks = drawn
      .filter((_, index) => !asItem[index])
      .map((input) => ({ ...input, item: false, type: 'click' as const }));
    yield [...items, ...clicks].map((input, index) => ({
      ...input,
      n: from + index,
      receivedAt: input.item ? receivedAt : receivedAt + index,
    }));
  }
}

/**
 * Whether the bytes can stand in a JSON array and name the type of the topic themselves: over HTTP an item that names
 * another type is an event of that type, by Pulsar it contradicts its topic. (Such a one goes to /track, where it does too.)
 */
function canBeItem({ bytes, type }: GeneratedInput): boolean {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return false;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true; // no event for either
  const { event_type, specversion, data } = value as Record<string, unknown>;
  if (typeof specversion !== 'string') return event_type === type;
  return typeof data === 'object' && data !== null && (data as Record<string, unknown>).event_type === type;
}
