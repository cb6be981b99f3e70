import { EARLIEST_MS, LATEST_MS } from '../../../events/domain/timestamps.js';

/** A time of the broker in two columns, of which at least one is null. */
export interface StoredTime {
  /** Epoch milliseconds. */
  readonly instant: number | null;
  /** Epoch milliseconds in digits, for a time outside the years 1 to 9999 and for a value that is no instant. */
  readonly text: string | null;
}

/** This never fails: whatever a producer's clock made of a time, a column can hold it. */
export function storedTime(ms: number | null): StoredTime {
  if (ms === null) return { instant: null, text: null };
  if (!Number.isInteger(ms)) return { instant: null, text: String(ms) };
  if (ms >= EARLIEST_MS && ms <= LATEST_MS) return { instant: ms, text: null };
  // All digits are written: an exponent would hide microseconds.
  return { instant: null, text: BigInt(ms).toString() };
}

/** The time that was given to `storedTime`, epoch milliseconds. */
export const timeOf = (instant: number | null, text: string | null): number | null =>
  text === null ? instant : Number(text);
