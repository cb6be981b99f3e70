import {
  BIN_MS,
  emptyBin,
  type LiveBin,
  newestClosedAt,
  openBinAt,
  SHOWN_BINS,
} from '../../src/live/domain/live-bin.js';
import type { RecentBins, Step } from '../../src/live/domain/recent-bins.js';

export { BIN_MS, emptyBin, type LiveBin, openBinAt as startOf, SHOWN_BINS };

const KINDS = ['clicks', 'conversions', 'sales', 'cheers', 'hate'] as const;

/** Counts event by event what the projection adds up. @param whole with empty bins too */
export function recount(
  occurred: readonly { at: number; kind: number }[],
  from: number,
  to: number,
  whole = false,
): LiveBin[] {
  const bins = new Map<number, LiveBin>();
  if (whole) for (let start = openBinAt(from); start <= to; start += BIN_MS) bins.set(start, emptyBin(start));
  for (const { at, kind } of occurred) {
    if (at < from || at > to) continue;
    const start = openBinAt(at);
    const name = KINDS[kind]!;
    const bin = bins.get(start) ?? emptyBin(start);
    bins.set(start, { ...bin, [name]: bin[name] + 1 });
  }
  return [...bins.values()].sort((one, other) => one.start - other.start);
}

/** A page that keeps 60 bins and replaces them by their time, as docs/api.md says it may. */
export class WatchingClient {
  private readonly bins = new Map<number, LiveBin>();
  private lastId: number | null = null;

  connect(recent: RecentBins): void {
    this.take(recent.catchUp(this.lastId).bins);
    this.lastId = newestClosedAt(recent.now!);
  }

  /** As a stalled connection goes on. */
  resume(recent: RecentBins): void {
    this.take(recent.catchUp(null).bins);
    this.lastId = newestClosedAt(recent.now!);
  }

  step({ closed, corrected, open }: Step): void {
    this.take([...closed, ...corrected, ...open]);
    this.lastId = closed.at(-1)?.start ?? this.lastId;
  }

  state(): LiveBin[] {
    return [...this.bins.values()];
  }

  private take(bins: readonly LiveBin[]): void {
    for (const bin of bins) this.bins.set(bin.start, bin);
    const newest = [...this.bins.values()].sort((one, other) => one.start - other.start).slice(-SHOWN_BINS);
    this.bins.clear();
    for (const bin of newest) this.bins.set(bin.start, bin);
  }
}
