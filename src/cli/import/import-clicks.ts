import { setImmediate } from 'node:timers/promises';
import { RecordEventCommand } from '../../events/application/record-event.command.js';
import type { IncomingEvent } from '../../events/domain/incoming-event.js';
import type { Verdict } from '../../events/domain/verdict.js';
import { clickOf, type ClickRow, clickWithoutTime, contentOf } from './click-row.js';
import { type CreatedAt, type CreatedAtReader, UnreadableTime } from './created-at.js';

/** Rows of one transaction. */
const BATCH_ROWS = 2_000;
/** One is read while the one before is recorded. */
const BATCHES_IN_FLIGHT = 2;

/** Rows by what became of them. */
export interface Imported {
  readonly rows: number;
  readonly recorded: number;
  /** Recorded before, by whichever import. */
  readonly known: number;
  readonly refused: number;
}

/** A row that cannot be recorded. */
export interface RefusedRow {
  readonly id: string;
  readonly reason: string;
  readonly detail: string;
}

export interface ImportOptions {
  readonly times: CreatedAtReader;
  record(command: RecordEventCommand): Promise<readonly Verdict[]>;
  onRefused(row: RefusedRow): void;
  onProgress(imported: Imported): void;
  /** Ends it between two batches: what was begun is recorded. */
  readonly signal: AbortSignal;
}

/** Records clicks of an older heat map through the command of every intake. @param rows in the order of their time */
export async function importClicks(rows: Iterable<ClickRow>, options: ImportOptions): Promise<Imported> {
  const imported = { rows: 0, recorded: 0, known: 0, refused: 0 };
  const count = (batch: readonly NamedEvent[], verdicts: readonly Verdict[]) => {
    for (const [at, verdict] of verdicts.entries()) {
      if (verdict.status === 'rejected') {
        imported.refused += 1;
        options.onRefused({ id: batch[at]!.id, reason: verdict.reason, detail: verdict.detail });
      } else imported[verdict.status === 'recorded' ? 'recorded' : 'known'] += 1;
    }
    imported.rows += batch.length;
    options.onProgress(imported);
  };
  const inFlight: Promise<void>[] = [];
  for (const batch of batches(named(rows, options.times))) {
    if (options.signal.aborted) break;
    const recorded = options.record(new RecordEventCommand(batch.map(({ event }) => event)));
    const counted = recorded.then((verdicts) => count(batch, verdicts));
    // Whichever fails first is heard of below.
    counted.catch(() => undefined);
    inFlight.push(counted);
    if (inFlight.length >= BATCHES_IN_FLIGHT) await inFlight.shift();
    // Reading does not wait for anything: signals and what PostgreSQL says come between.
    await setImmediate();
  }
  await Promise.all(inFlight);
  return imported;
}

interface NamedEvent {
  readonly id: string;
  readonly event: IncomingEvent;
}

/** Rows that say the same have the same time, so that they lie together: no more than those of one time are remembered. */
function* named(rows: Iterable<ClickRow>, times: CreatedAtReader): Generator<NamedEvent> {
  let time: unknown;
  let twins = new Map<string, number>();
  for (const row of rows) {
    if (row.createdAt !== time) {
      time = row.createdAt;
      twins = new Map();
    }
    const created = timeOf(row, times);
    if (created === null) {
      yield { id: row.id, event: clickWithoutTime(row) };
      continue;
    }
    const content = contentOf(row);
    const ordinal = twins.get(content) ?? 0;
    twins.set(content, ordinal + 1);
    yield { id: row.id, event: clickOf(row, created, { content, ordinal }) };
  }
}

function timeOf({ createdAt }: ClickRow, times: CreatedAtReader): CreatedAt | null {
  try {
    return times.read(createdAt);
  } catch (error) {
    if (error instanceof UnreadableTime) return null;
    throw error;
  }
}

function* batches<T>(items: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
