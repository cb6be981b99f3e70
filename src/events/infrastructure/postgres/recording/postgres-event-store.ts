import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EVENTS_VARIABLES } from '../../../events.variables.js';
import { EventStore, FULL, OutcomeUnknown } from '../../../application/event-store.port.js';
import type { TrackedEvent } from '../../../domain/tracked-event.js';
import type { Verdict } from '../../../domain/verdict.js';
import { Config } from '../../../../platform/config/config.js';
import { Overloaded } from '../../../../platform/overloaded.js';
import { Admission } from './queue/admission.js';
import { type Append, AppendQueue } from './queue/append-queue.js';
import { BatchWriter } from './batch-writer.js';
import { Deadlines } from './queue/deadlines.js';
import { RecordedFacts } from './recorded-facts.js';
import { type Comparison, recordTwins } from './twins.js';
import { WritePace } from './queue/write-pace.js';
import { WriterSlots } from './queue/writer-slots.js';

/**
 * A group commit: while a write is in flight further appends queue, and the next write takes them all. So many small
 * appends become few transactions, and a lone one waits for no timer.
 *
 * | an append is | and then | its sender |
 * | --- | --- | --- |
 * | queued | a write takes it: written | waits |
 * | queued | its deadline passes, or the service stops: withdrawn | hears `OutcomeUnknown`; it is not recorded |
 * | written | the transaction ends | hears the verdicts, or the error |
 * | written | its deadline passes, or the service stops: sent away | hears `OutcomeUnknown` with `late`: it may be recorded yet |
 * | sent away | the transaction ends | hears by `late` what became of it |
 */
@Injectable()
export class PostgresEventStore extends EventStore implements OnModuleDestroy {
  private readonly queue = new AppendQueue();
  private readonly written = new Set<Append>();
  private readonly deadlines = new Deadlines((append) => this.passed(append));
  private readonly pace = new WritePace();
  private readonly admission: Admission;
  private readonly slots: WriterSlots;
  private readonly stopping = new AbortController();
  private readonly comparison: Comparison;

  constructor(
    private readonly writer: BatchWriter,
    facts: RecordedFacts,
    private readonly config: Config,
  ) {
    super();
    const { EVENT_SYNONYMS, RECORD_QUEUE_MS } = config.of(EVENTS_VARIABLES);
    this.admission = new Admission(this.queue, this.pace, RECORD_QUEUE_MS);
    this.slots = new WriterSlots(config.settings.WRITER_CONNECTIONS, () => this.pump());
    this.comparison = {
      synonyms: EVENT_SYNONYMS,
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
      this.deadlines.watch(append);
      this.queue.add(append);
      this.pump();
    });
  }

  /** Events that are not written when the drain ends stay with their sender: the broker delivers them again. */
  onModuleDestroy(): void {
    setTimeout(() => {
      this.stopping.abort(new Error('the service stops'));
      while (this.queue.length > 0)
        for (const append of this.queue.take()) append.reject(new OutcomeUnknown('the service stops'));
      for (const append of this.written) sendAway(append, 'the service stops');
    }, this.config.settings.DRAIN_TIMEOUT_MS).unref();
  }

  isFull(): boolean {
    return !this.stopping.signal.aborted && this.writer.fault === null && !this.admission.hasRoom(1, 0);
  }

  private refusal(rows: number, bytes: number, impatient: boolean): OutcomeUnknown | Overloaded | null {
    if (this.stopping.signal.aborted) return new OutcomeUnknown('the service stops');
    if (!impatient) return null;
    if (this.writer.fault !== null)
      return new OutcomeUnknown('recording is stopped until its set-up is mended; /health names the reason');
    return this.admission.hasRoom(rows, bytes) ? null : new Overloaded(FULL);
  }

  private passed(append: Append): void {
    const reason = 'PostgreSQL did not answer in time';
    if (this.queue.withdraw(append)) append.reject(new OutcomeUnknown(reason));
    else sendAway(append, reason);
  }

  private pump(): void {
    while (this.queue.length > 0 && this.slots.mayBegin(this.queue.rows)) {
      const beside = this.slots.begin();
      void this.write(this.queue.take(), beside).finally(() => {
        this.slots.end();
        this.pump();
      });
    }
  }

  /** @param beside whether another write is in flight */
  private async write(appends: readonly Append[], beside: boolean): Promise<void> {
    for (const append of appends) this.written.add(append);
    const began = performance.now();
    try {
      const events = appends.flatMap((append) => append.events);
      const verdicts = await recordTwins(
        events,
        (rows) => this.writer.write(rows, this.stopping.signal),
        this.comparison,
      );
      this.pace.wrote(events.length, performance.now() - began, beside);
      let from = 0;
      for (const append of appends) tell(append, verdicts.slice(from, (from += append.events.length)));
    } catch (error) {
      for (const append of appends) {
        append.reject(error);
        append.late?.(append.events.map(() => null));
      }
    } finally {
      for (const append of appends) {
        this.deadlines.forget(append);
        this.written.delete(append);
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

function tell(append: Append, verdicts: (Verdict | null)[]): void {
  // Only an append whose sender was sent away is ever given up.
  if (append.late === null) append.resolve(verdicts as Verdict[]);
  else append.late(verdicts);
}

/** Close enough to bound memory: the texts, and a constant for the rest of a row. */
const approximateBytes = (event: TrackedEvent): number =>
  200 + (event.properties?.length ?? 0) + (event.pageUrl?.length ?? 0) + (event.userAgent?.length ?? 0);
