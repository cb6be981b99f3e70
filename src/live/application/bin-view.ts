import { formatInstant } from '../../events/domain/timestamps.js';
import { isClosed, type LiveBin } from '../domain/live-bin.js';
import type { LiveBinView } from './answers/live.answer.js';

/** @param now PostgreSQL's time when the counts were read, epoch milliseconds */
export const binView = ({ start, ...counts }: LiveBin, now: number): LiveBinView => ({
  time: formatInstant(start),
  ...counts,
  final: isClosed(start, now),
});
