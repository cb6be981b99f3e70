import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EVENTS_VARIABLES } from '../../../events.variables.js';
import { EventStore, FULL, OutcomeUnknown } from '../../../application/event-store.port.js';
import type { TrackedEvent } from '../../../domain/tracked-event.js';
import type { Verdict } from '../../../domain/verdict.js';
import { Config } from '../../../../platform/config/config.js';
import { Overloaded } from '../../../../platform/overloaded.js';
import { type Append, AppendQueue, isFew } from './append-queue.js';
import { BatchWriter } from './batch-writer.js';
import { RecordedFacts } from './recorded-facts.js';
import { type Comparison, settleTwins } from './twins.js';
import { WritePace } from './write-pace.js';

/** Beyond this a sender that cannot wait for ever is turned away at once; the consumer is bounded by its subscription. */
const MAX_QUEUED_ROWS = 20_000;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
/**
 * An append of few waits for the transaction before its own and for that one: with both no longer than this, by what a lone one
 * takes, it takes at most about twice as long as on an idle service. RECORD_QUEUE_MS is the floor, for a fast PostgreSQL.
 */
const TIMES_ALONE = 1.25;
/** An append of many may find so much more before it. */
const TIMES_FOR_MANY = 25;

/**
 * The second writer starts when what waits is worth a transaction of its own, or when the first takes long: so PostgreSQL
 * works while the answers to the group before leave. Over 64 connections 28 rows made 1.15 × the events of 250 for the same
 * processor time each; with 20 the groups are so small that their statements cost a third more. A write that takes long does so
 * for what PostgreSQL waits for, so that another one beside it costs nothing: where each row took 4 ms, 8 ms let in 1.7 times what
 * 50 ms did, and who was let in waited less (`npm run test:limits -- overload`).
 */
const ROWS_WORTH_ANOTHER_WRITER = 28;
const LONG_WRITE_MS = 8;

/**
 * A group commit: while a write is in flight further appends queue, and the next write takes them all. So many small
 * appends become few transactions, and a lone one waits for no timer.
 */
@Injectable()
export class PostgresEventStore extends EventStore implements OnModuleDestroy {
  private readonly queue = new AppendQueue();
  private writing = 0;
  private lastStart = 0;
  private lookAgain: NodeJS.Timeout | null = null;
  private readonly impatient = new Set<Append>();
  /** In the hands of the writer. */
  private readonly taken = new Set<Append>();
  private nextLook = Infinity;
  private looking: NodeJS.Timeout | null = null;
  private readonly stopping = new AbortController();
  private readonly pace = new WritePace();

  private readonly comparison: Comparison;

  constructor(
    private readonly writer: BatchWriter,
    facts: RecordedFacts,
    private readonly config: Config,
  ) {
    super();
    this.comparison = {
      synonyms: config.of(EVENTS_VARIABLES).EVENT_SYNONYMS,
      find: (wanted) => facts.find(wanted, this.stopping.signal),
    };
  }

  append(events: readonly TrackedEvent[], waitMs?: number): Promise<Verdict[]> {
    if (events.length === 0) return Promise.resolve([]);
    const bytes = events.reduce((sum, event) => sum + approximateBytes(event), 0);
    const refusal = this.refusal(events.length, bytes, waitMs !== undefined);
    if (refusal !== null) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const deadline = waitMs === undefined ? Infinity : performance.now() + waitMs;
      const append: Append = { events, bytes, deadline, resolve, reject, late: null };
      if (waitMs !== undefined) {
        this.impatient.add(append);
        this.lookAt(deadline);
      }
      this.queue.add(append);
      this.pump();
    });
  }

  /** What is unsettled when the drain ends stays with its sender: the broker delivers it again. */
  onModuleDestroy(): void {
    setTimeout(() => {
      this.stopping.abort(new Error('the service stops'));
      while (this.queue.length > 0)
        for (const append of this.queue.take()) append.reject(new OutcomeUnknown('the service stops'));
      for (const append of this.taken) sendAway(append, 'the service stops');
    }, this.config.settings.DRAIN_TIMEOUT_MS).unref();
  }

  isFull(): boolean {
    return !this.stopping.signal.aborted && this.writer.fault === null && !this.hasRoom(1, 0);
  }

  private refusal(rows: number, bytes: number, impatient: boolean): OutcomeUnknown | Overloaded | null {
    if (this.stopping.signal.aborted) return new OutcomeUnknown('the service stops');
    if (!impatient) return null;
    if (this.writer.fault !== null)
      return new OutcomeUnknown('recording is stopped until its set-up is mended; /health names the reason');
    return this.hasRoom(rows, bytes) ? null : new Overloaded(FULL);
  }

  private hasRoom(rows: number, bytes: number): boolean {
    if (this.queue.length === 0) return true;
    const full = this.queue.rows + rows > MAX_QUEUED_ROWS || this.queue.bytes + bytes > MAX_QUEUED_BYTES;
    return !full && this.pace.expectedMs(this.queue.rowsBefore(rows) + rows) <= this.longestMs(rows);
  }

  private longestMs(rows: number): number {
    const { RECORD_QUEUE_MS } = this.config.of(EVENTS_VARIABLES);
    if (!isFew(rows)) return RECORD_QUEUE_MS * TIMES_FOR_MANY;
    return Math.max(RECORD_QUEUE_MS, TIMES_ALONE * this.pace.aloneMs);
  }

  /** One timer for all: a timer each is a tenth of the work of a single-event append. */
  private lookAt(deadline: number): void {
    if (deadline >= this.nextLook) return;
    if (this.looking) clearTimeout(this.looking);
    this.nextLook = deadline;
    this.looking = setTimeout(() => this.rejectOverdue(), deadline - performance.now()).unref();
  }

  /** Past its deadline an append that no transaction has taken is withdrawn; one that was taken may still be recorded. */
  private rejectOverdue(): void {
    this.nextLook = Infinity;
    const now = performance.now();
    let next = Infinity;
    for (const append of this.impatient) {
      if (append.deadline > now) {
        next = Math.min(next, append.deadline);
        continue;
      }
      this.impatient.delete(append);
      const reason = 'PostgreSQL did not answer in time';
      if (this.queue.withdraw(append)) append.reject(new OutcomeUnknown(reason));
      else sendAway(append, reason);
    }
    this.lookAt(next);
  }

  private pump(): void {
    while (this.queue.length > 0 && this.mayWrite()) {
      const taken = this.queue.take();
      this.writing += 1;
      this.lastStart = performance.now();
      void this.write(taken).finally(() => {
        this.writing -= 1;
        this.pump();
      });
    }
  }

  private mayWrite(): boolean {
    if (this.writing === 0) return true;
    if (this.writing >= this.config.settings.WRITER_CONNECTIONS) return false;
    const waited = performance.now() - this.lastStart;
    if (this.queue.rows >= ROWS_WORTH_ANOTHER_WRITER || waited >= LONG_WRITE_MS) return true;
    this.lookAgain ??= setTimeout(() => {
      this.lookAgain = null;
      this.pump();
    }, LONG_WRITE_MS - waited).unref();
    return false;
  }

  private async write(appends: readonly Append[]): Promise<void> {
    for (const append of appends) this.taken.add(append);
    const began = performance.now();
    const beside = this.writing > 1;
    try {
      const events = appends.flatMap((append) => append.events);
      const verdicts = await settleTwins(
        events,
        (rows) => this.writer.write(rows, this.stopping.signal),
        this.comparison,
      );
      this.pace.wrote(events.length, performance.now() - began, beside);
      let from = 0;
      for (const append of appends) settle(append, verdicts.slice(from, (from += append.events.length)));
    } catch (error) {
      for (const append of appends) {
        append.reject(error);
        append.late?.(append.events.map(() => null));
      }
    } finally {
      for (const append of appends) {
        this.impatient.delete(append);
        this.taken.delete(append);
      }
    }
  }
}

/** The writer has it: it may be recorded yet, and then its outcome is told. */
function sendAway(append: Append, reason: string): void {
  if (append.late !== null) return;
  const outcome = new Promise<readonly (Verdict | null)[]>((resolve) => (append.late = resolve));
  append.reject(new OutcomeUnknown(reason, [], outcome));
}

function settle(append: Append, verdicts: (Verdict | null)[]): void {
  // Only what was sent away is ever given up.
  if (append.late === null) append.resolve(verdicts as Verdict[]);
  else append.late(verdicts);
}

/** Close enough to bound memory: the texts, and a constant for the rest of a row. */
const approximateBytes = (event: TrackedEvent): number =>
  200 + (event.properties?.length ?? 0) + (event.pageUrl?.length ?? 0) + (event.userAgent?.length ?? 0);
