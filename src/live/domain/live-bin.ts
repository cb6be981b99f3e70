import { FINE_BUCKET_MS, startOfBucket } from '../../events/domain/counts/count-buckets.js';

/** A bin is a bucket of the 2-second projection. */
export const BIN_MS = FINE_BUCKET_MS;
/** A dashboard shows two minutes, with the bin that still fills. */
export const SHOWN_BINS = 60;
/** An event that is this late still corrects its bin. A client that was away this long still gets the bins that it missed. */
export const KEPT_MS = 600_000;
/** After its end a bin waits this long for events that are on their way. Later events are corrections. */
const CLOSES_AFTER_MS = 2_000;

/** The counts of two seconds. They are absolute, so that a bin that is sent again takes the place of the one before. */
export interface LiveBin {
  /** Its start, epoch milliseconds. */
  readonly start: number;
  /** Clicks without votes and views. */
  readonly clicks: number;
  readonly conversions: number;
  readonly sales: number;
  readonly cheers: number;
  readonly hate: number;
}

/** All times are PostgreSQL's, epoch milliseconds. */
export const openBinAt = (now: number): number => startOfBucket(now, BIN_MS);

export const isClosed = (start: number, now: number): boolean => start + BIN_MS + CLOSES_AFTER_MS <= now;

export const newestClosedAt = (now: number): number => startOfBucket(now - CLOSES_AFTER_MS, BIN_MS) - BIN_MS;

export const emptyBin = (start: number): LiveBin => ({
  start,
  clicks: 0,
  conversions: 0,
  sales: 0,
  cheers: 0,
  hate: 0,
});

export const sameCounts = (one: LiveBin, other: LiveBin): boolean =>
  one.clicks === other.clicks &&
  one.conversions === other.conversions &&
  one.sales === other.sales &&
  one.cheers === other.cheers &&
  one.hate === other.hate;
