import { type AppendQueue, isFew } from './append-queue.js';
import type { WritePace } from './write-pace.js';

/** Beyond this a sender that cannot wait for ever is turned away at once; the consumer is bounded by its subscription. */
const MAX_QUEUED_ROWS = 20_000;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
/**
 * An append of few events waits for the transaction before its own, and for its own. If both take no longer than this, by
 * the time of a lone one, it takes at most about twice as long as on an idle service. RECORD_QUEUE_MS is the least bound,
 * for a fast PostgreSQL.
 */
const TIMES_ALONE = 1.25;
/** An append of many events may find so much more before it. */
const TIMES_FOR_MANY = 25;

/** Whether a sender that does not wait for ever is let in: by what waits already, and how long that will take. */
export class Admission {
  /** @param queueMs how long what waits before an append of few may take, RECORD_QUEUE_MS */
  constructor(
    private readonly queue: AppendQueue,
    private readonly pace: WritePace,
    private readonly queueMs: number,
  ) {}

  hasRoom(rows: number, bytes: number): boolean {
    const { queue, pace, queueMs } = this;
    if (queue.length === 0) return true;
    if (queue.rows + rows > MAX_QUEUED_ROWS || queue.bytes + bytes > MAX_QUEUED_BYTES) return false;
    const written = queue.rowsBefore(rows) + rows;
    return isFew(rows)
      ? pace.expectedMs(written) <= Math.max(queueMs, TIMES_ALONE * pace.aloneMs)
      : pace.expectedMsOfMany(written) <= TIMES_FOR_MANY * queueMs;
  }
}
