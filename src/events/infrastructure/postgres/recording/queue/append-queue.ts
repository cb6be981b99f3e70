import type { TrackedEvent } from '../../../../domain/tracked-event.js';
import type { Verdict } from '../../../../domain/verdict.js';

/** A transaction takes whole appends up to these bounds; a larger append goes alone. */
const MAX_ROWS = 2_000;
/** A statement is written out several times its bytes: with 8 MB, events of 60 kB took 20 to 30 MB more memory and were no faster. */
const MAX_BYTES = 1024 * 1024;
/** As many events as a page sends. A sender of more waits for all of them anyway, so a person does not wait behind it. */
const FEW_ROWS = 10;

export interface Append {
  readonly events: readonly TrackedEvent[];
  readonly bytes: number;
  /** On the clock of `performance.now()`; Infinity: the sender waits for ever. */
  readonly deadline: number;
  readonly resolve: (verdicts: Verdict[]) => void;
  readonly reject: (error: unknown) => void;
  /** Tells the outcome to a sender that was sent away without it; null while the sender waits. */
  late: ((verdicts: readonly (Verdict | null)[]) => void) | null;
}

export const isFew = (rows: number): boolean => rows <= FEW_ROWS;

/** Not for an append of a topic, which waits for ever: of two events with one id the first that was sent must be recorded. */
const goesFirst = ({ events, deadline }: Append): boolean => isFew(events.length) && deadline !== Infinity;

/**
 * The appends that wait for a transaction: first those of few events whose sender does not wait for ever, then all others,
 * each in the order in which they came. The first are so small together that the others mostly go with them, and never wait
 * long.
 */
export class AppendQueue {
  private readonly first: Append[] = [];
  private readonly others: Append[] = [];
  private rowsOfFirst = 0;
  private allRows = 0;
  private allBytes = 0;

  get length(): number {
    return this.first.length + this.others.length;
  }

  get rows(): number {
    return this.allRows;
  }

  get bytes(): number {
    return this.allBytes;
  }

  /** Rows that go before those of an append that came now, whose sender does not wait for ever. */
  rowsBefore(rows: number): number {
    return isFew(rows) ? this.rowsOfFirst : this.allRows;
  }

  add(append: Append): void {
    this.laneOf(append).push(append);
    this.count(append, 1);
  }

  /** Takes the appends of the next transaction. */
  take(): Append[] {
    let rows = 0;
    let bytes = 0;
    const taken: Append[] = [];
    for (const lane of [this.first, this.others]) {
      let count = 0;
      for (const append of lane) {
        const full = rows + append.events.length > MAX_ROWS || bytes + append.bytes > MAX_BYTES;
        if (full && taken.length + count > 0) break;
        rows += append.events.length;
        bytes += append.bytes;
        count += 1;
      }
      taken.push(...lane.splice(0, count));
    }
    for (const append of taken) this.count(append, -1);
    return taken;
  }

  /** @returns whether it still waited */
  withdraw(append: Append): boolean {
    const lane = this.laneOf(append);
    const place = lane.indexOf(append);
    if (place === -1) return false;
    lane.splice(place, 1);
    this.count(append, -1);
    return true;
  }

  private laneOf(append: Append): Append[] {
    return goesFirst(append) ? this.first : this.others;
  }

  private count(append: Append, times: 1 | -1): void {
    const rows = times * append.events.length;
    if (goesFirst(append)) this.rowsOfFirst += rows;
    this.allRows += rows;
    this.allBytes += times * append.bytes;
  }
}
