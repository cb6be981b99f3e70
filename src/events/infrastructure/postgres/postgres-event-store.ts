import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventStore } from '../../application/event-store.port.js';
import type { TrackedEvent } from '../../domain/tracked-event.js';
import type { Verdict } from '../../domain/verdict.js';
import { Config } from '../../../platform/config/config.js';
import { BatchWriter } from './batch-writer.js';
import { settleTwins } from './twins.js';

/** A transaction takes whole appends up to these bounds; a larger append goes alone. */
const MAX_ROWS = 2_000;
const MAX_BYTES = 8 * 1024 * 1024;

interface Append {
  readonly events: readonly TrackedEvent[];
  readonly bytes: number;
  readonly resolve: (verdicts: Verdict[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A group commit: while a write is in flight further appends queue, and the next write takes them all. So many small
 * appends become few transactions, and a lone one waits for no timer.
 */
@Injectable()
export class PostgresEventStore extends EventStore implements OnModuleDestroy {
  private readonly queue: Append[] = [];
  private writing = 0;
  private readonly stopping = new AbortController();

  constructor(
    private readonly writer: BatchWriter,
    private readonly config: Config,
  ) {
    super();
  }

  append(events: readonly TrackedEvent[]): Promise<Verdict[]> {
    if (events.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.queue.push({
        events,
        bytes: events.reduce((sum, event) => sum + approximateBytes(event), 0),
        resolve,
        reject,
      });
      this.pump();
    });
  }

  /** What is unsettled when the drain ends stays with its sender: the broker delivers it again. */
  onModuleDestroy(): void {
    setTimeout(
      () => this.stopping.abort(new Error('the service stops')),
      this.config.settings.DRAIN_TIMEOUT_MS,
    ).unref();
  }

  private pump(): void {
    while (this.writing < this.config.settings.WRITER_CONNECTIONS && this.queue.length > 0) {
      const taken = this.take();
      this.writing += 1;
      void this.write(taken).finally(() => {
        this.writing -= 1;
        this.pump();
      });
    }
  }

  private take(): Append[] {
    let rows = 0;
    let bytes = 0;
    let count = 0;
    for (const append of this.queue) {
      if (count > 0 && (rows + append.events.length > MAX_ROWS || bytes + append.bytes > MAX_BYTES)) break;
      rows += append.events.length;
      bytes += append.bytes;
      count += 1;
    }
    return this.queue.splice(0, count);
  }

  private async write(appends: readonly Append[]): Promise<void> {
    try {
      const events = appends.flatMap((append) => append.events);
      const verdicts = await settleTwins(events, (rows) => this.writer.write(rows, this.stopping.signal));
      let from = 0;
      for (const append of appends) append.resolve(verdicts.slice(from, (from += append.events.length)));
    } catch (error) {
      for (const append of appends) append.reject(error);
    }
  }
}

/** Close enough to bound memory: the texts, and a constant for the rest of a row. */
const approximateBytes = (event: TrackedEvent): number =>
  200 + (event.properties?.length ?? 0) + (event.pageUrl?.length ?? 0) + (event.userAgent?.length ?? 0);
