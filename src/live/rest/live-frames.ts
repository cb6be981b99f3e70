import { formatInstant } from '../../events/domain/timestamps.js';
import type { LiveFrame, LiveGap } from '../application/answers/live.answer.js';
import { binView } from '../application/bin-view.js';
import { BIN_MS, type LiveBin, newestClosedAt } from '../domain/live-bin.js';
import type { RecentBins, Step } from '../domain/recent-bins.js';

/** A comment. It is no event for the page, but bytes for whatever stands between and ends silent connections. */
export const HEARTBEAT = Buffer.from(': still here\n\n');

/** The time that a browser waits before it comes again, milliseconds. At a shutdown it is longer, so that another replica is up. */
export const retryAfter = (ms: number): Buffer => Buffer.from(`retry: ${ms}\n\n`);

/**
 * Writes what is new since the tick before, as bytes that all clients get. A frame with an id comes first, so that a
 * connection that ends between two frames loses no bin.
 */
export function stepFrames({ closed, corrected, open }: Step, now: number): Buffer {
  const newest = closed.at(-1);
  return Buffer.from(
    (newest === undefined ? '' : frame(closed, now, newest.start)) +
      (corrected.length + open.length === 0 ? '' : frame([...corrected, ...open], now, null)),
  );
}

/**
 * Writes what a client gets when it comes, or after it had stopped reading.
 *
 * @param lastSeen start of the newest closed bin that it has, epoch milliseconds; null: it has none
 */
export function catchUpFrames(recent: RecentBins, now: number, lastSeen: number | null): Buffer {
  const { gap, bins } = recent.catchUp(lastSeen);
  return Buffer.from((gap === null ? '' : gapFrame(gap.from, gap.to)) + frame(bins, now, newestClosedAt(now)));
}

/**
 * Writes what a client gets that had stopped reading. The bins that it missed are a gap, except those that follow: whatever closed
 * after the last tick that it was told.
 *
 * @param told PostgreSQL's time of that tick, epoch milliseconds
 */
export function resumeFrames(recent: RecentBins, now: number, told: number): Buffer {
  const { bins } = recent.catchUp(null);
  return Buffer.from(gapFrame(newestClosedAt(told) + BIN_MS, now) + frame(bins, now, newestClosedAt(now)));
}

/** The id of a frame, as a browser sends it back; null: it is no such id. */
export function lastSeenOf(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
}

const gapFrame = (from: number, to: number): string => {
  const gap: LiveGap = { from: formatInstant(from), to: formatInstant(to) };
  return `event: gap\ndata: ${JSON.stringify(gap)}\n\n`;
};

function frame(bins: readonly LiveBin[], now: number, id: number | null): string {
  const data: LiveFrame = { bins: bins.map((bin) => binView(bin, now)) };
  return `${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}
