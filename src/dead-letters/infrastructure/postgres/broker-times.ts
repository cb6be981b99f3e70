import { EARLIEST_MS, LATEST_MS } from '../../../events/domain/timestamps.js';

/** A time of the broker in two columns, of which one is null at least. */
export interface StoredTime {
  /** Epoch milliseconds. */
  readonly instant: number | null;
  /** Epoch milliseconds in digits, where the years 1 to 9999 end or the value is no instant at all. */
  readonly text: string | null;
}

/** Total: whatever a producer's clock made, a column holds it. */
export function storedTime(ms: number | null): StoredTime {
  if (ms === null) return { instant: null, text: null };
  if (!Number.isInteger(ms)) return { instant: null, text: String(ms) };
  if (ms >= EARLIEST_MS && ms <= LATEST_MS) return { instant: ms, text: null };
  // In full: microseconds are told by their digits, not by an exponent.
  return { instant: null, text: BigInt(ms).toString() };
}

/** The time that `storedTime` was given, epoch milliseconds. */
export const timeOf = (instant: number | null, text: string | null): number | null =>
  text === null ? instant : Number(text);
