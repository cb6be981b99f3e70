import type { LiveBinView, LiveData } from '../../../../../live/application/answers/live.answer.js';

/** Two minutes, the bin that still fills included. */
export const SHOWN_BINS = 60;
/** The last minute, without the bins that still fill. */
const RATE_BINS = 30;

export interface Watched {
  /** Oldest first, the last one still fills. */
  readonly bins: readonly LiveBinView[];
  readonly totals: { readonly cheers: number; readonly hate: number };
}

export const NOTHING: Watched = { bins: [], totals: { cheers: 0, hate: 0 } };

/** Bins take the place of those with their time; what is new in them is new in the totals too. */
export function withBins({ bins, totals }: Watched, news: readonly LiveBinView[]): Watched {
  const known = new Map(bins.map((bin) => [bin.time, bin]));
  const oldest = bins[0]?.time ?? '';
  let { cheers, hate } = totals;
  for (const bin of news) {
    const before = known.get(bin.time);
    // Nobody knows what is new in a bin that was forgotten; the next whole answer does.
    if (before === undefined && bin.time < oldest) continue;
    cheers += bin.cheers - (before?.cheers ?? 0);
    hate += bin.hate - (before?.hate ?? 0);
    known.set(bin.time, bin);
  }
  const sorted = [...known.values()].sort((one, other) => (one.time < other.time ? -1 : 1));
  return { bins: sorted.slice(-SHOWN_BINS), totals: { cheers, hate } };
}

/**
 * A whole answer takes the place of everything but of what came while it was asked for: that may be newer.
 *
 * @param meanwhile the bins of each frame, in the order in which they came
 */
export const withData = ({ bins, totals }: LiveData, meanwhile: readonly (readonly LiveBinView[])[]): Watched =>
  meanwhile.reduce<Watched>(withBins, { bins, totals });

/** A second, over the last minute that is whole. */
export function rateOf(bins: readonly LiveBinView[], field: 'cheers' | 'hate' | 'clicks'): number {
  const whole = bins.filter(({ final }) => final).slice(-RATE_BINS);
  return whole.reduce((sum, bin) => sum + bin[field], 0) / Math.max(1, whole.length * 2);
}
