import {
  BIN_MS,
  emptyBin,
  isClosed,
  KEPT_MS,
  type LiveBin,
  newestClosedAt,
  openBinAt,
  sameCounts,
  SHOWN_BINS,
} from './live-bin.js';

/** The counts of one moment: bins without an event may be absent. */
export interface Snapshot {
  /** PostgreSQL's clock before the counts were read, epoch milliseconds. */
  readonly now: number;
  readonly bins: readonly LiveBin[];
}

/** The bins that a client must learn to be as far as a snapshot. */
export interface Step {
  /** Bins that closed since the step before, oldest first. The start of the last one is the id of their frame. */
  readonly closed: readonly LiveBin[];
  /** Bins that closed earlier and have other counts now. */
  readonly corrected: readonly LiveBin[];
  /** Bins that are not closed. */
  readonly open: readonly LiveBin[];
}

/** The bins that a client gets when it comes. */
export interface CatchUp {
  /** The time whose bins are no longer kept, both ends in epoch milliseconds; null: nothing is missing. */
  readonly gap: { readonly from: number; readonly to: number } | null;
  /** The bins, oldest first; the newest one is open. */
  readonly bins: readonly LiveBin[];
}

/** The bins of the last ten minutes, as of the newest snapshot. */
export class RecentBins {
  private bins = new Map<number, LiveBin>();
  private asOf: number | null = null;

  /** PostgreSQL's time of the newest snapshot; null before the first. */
  get now(): number | null {
    return this.asOf;
  }

  /** The first step holds all bins. A snapshot that is older than the one before changes nothing: clocks may be set back. */
  take(snapshot: Snapshot): Step {
    const before = this.asOf;
    if (before !== null && snapshot.now < before) return { closed: [], corrected: [], open: [] };
    const { now } = snapshot;
    const counted = new Map(snapshot.bins.map((bin) => [bin.start, bin]));
    const closed: LiveBin[] = [];
    const corrected: LiveBin[] = [];
    const open: LiveBin[] = [];
    const bins = new Map<number, LiveBin>();
    for (let start = oldestKept(now); start <= openBinAt(now); start += BIN_MS) {
      const bin = counted.get(start) ?? emptyBin(start);
      bins.set(start, bin);
      if (!isClosed(start, now)) open.push(bin);
      else if (before === null || !isClosed(start, before)) closed.push(bin);
      else if (!sameCounts(bin, this.bins.get(start) ?? emptyBin(start))) corrected.push(bin);
    }
    this.bins = bins;
    this.asOf = now;
    return { closed, corrected, open };
  }

  /**
   * The shown bins, and before them the bins that closed after the one that a client names.
   *
   * @param lastSeen start of the newest closed bin that the client has; null: the client is new
   */
  catchUp(lastSeen: number | null): CatchUp {
    const now = this.asOf;
    if (now === null) throw new Error('no snapshot was taken yet');
    const shown = openBinAt(now) - (SHOWN_BINS - 1) * BIN_MS;
    // Nobody has seen a bin of the future, so the name says nothing of what its sender has.
    const known = lastSeen !== null && lastSeen <= newestClosedAt(now) ? lastSeen + BIN_MS : null;
    const tooOld = known !== null && known < oldestKept(now);
    const first = known === null || tooOld ? shown : Math.min(shown, known);
    const bins = [...this.bins.values()].filter(({ start }) => start >= first);
    return { gap: tooOld ? { from: known, to: first } : null, bins };
  }
}

/** Start of the oldest bin that is kept. */
const oldestKept = (now: number): number => openBinAt(now) - KEPT_MS;
