/** The weight that earlier writes keep after one more: about the last twenty matter. */
const MEMORY = 0.95;
/** A write of a lone event, or two that came together. */
const ALONE_ROWS = 2;
/**
 * An assumption until writes of several sizes have told more: this many rows take as long again as the mean write. Without
 * it a service that has met only lone events would let any number wait, however slow its PostgreSQL is; with 25 so many waited in
 * the first second of an overload that they were the slowest hundredth of its minute.
 */
const ROWS_WORTH_A_WRITE = 12;
/**
 * However few rows the last writes had, a row does add something: a line that happens to be flat would let any number wait.
 * So many rows, or so many times those of the mean write, take at least as long again.
 */
const FLATTEST = { rows: 200, times: 8 };
/** How much ROWS_WORTH_A_WRITE counts, against the variance of the sizes met. */
const ASSUMED_VARIANCE = 1;
/**
 * A line through writes of much the same size says little of many times that size: whoever carries it there carries its noise along.
 * 64 clients that had sent one event at a time and now sent a hundred were turned away, although PostgreSQL had time for ten times
 * as many. So the sizes must have varied by this fraction of the way to the size asked about, to count as much as what is assumed.
 */
const TELLING_FRACTION = 1 / 8;

/**
 * How long a write of so many rows takes, by a straight line through the last writes: what a transaction costs whatever its
 * size, and what each row adds. A mean per row would take a busy moment's large and cheap transaction for many small ones.
 */
export class WritePace {
  private writes = 0;
  private rows = 0;
  private ms = 0;
  private rowsSquared = 0;
  private rowsMs = 0;
  private lone: number | null = null;

  /** @param beside whether another write was in flight when it began: it may have waited for that one's locks */
  wrote(rows: number, ms: number, beside = false): void {
    this.writes = this.writes * MEMORY + 1;
    this.rows = this.rows * MEMORY + rows;
    this.ms = this.ms * MEMORY + ms;
    this.rowsSquared = this.rowsSquared * MEMORY + rows * rows;
    this.rowsMs = this.rowsMs * MEMORY + rows * ms;
    if (rows <= ALONE_ROWS && !beside) this.lone = (this.lone ?? ms) * MEMORY + ms * (1 - MEMORY);
  }

  /**
   * The time of a write of one event, milliseconds, as it was when there last were any. While all writes are large, the line
   * alone would forget it, and with it what a long wait is.
   */
  get aloneMs(): number {
    return this.lone ?? this.expectedMs(1);
  }

  /** Milliseconds; 0 before the first write. For an append of few events. */
  expectedMs(rows: number): number {
    return this.onTheLine(rows, ({ meanMs }) => ({ ms: meanMs / ROWS_WORTH_A_WRITE, weight: ASSUMED_VARIANCE }));
  }

  /** The same for an append of many, which may wait long anyway: a row costs little until writes of about such sizes have told. */
  expectedMsOfMany(rows: number): number {
    return this.onTheLine(rows, ({ meanRows, least }) => ({
      ms: least,
      weight: (TELLING_FRACTION * (rows - meanRows)) ** 2,
    }));
  }

  /** @param assumed what a row adds, as long as nothing tells; it counts as much as sizes of this variance */
  private onTheLine(rows: number, assumed: (mean: Mean) => { ms: number; weight: number }): number {
    if (this.writes === 0) return 0;
    const [meanRows, meanMs] = [this.rows / this.writes, this.ms / this.writes];
    const least = meanMs / Math.max(FLATTEST.rows, FLATTEST.times * meanRows);
    const { ms, weight } = assumed({ meanRows, meanMs, least });
    const spread = this.rowsSquared / this.writes - meanRows * meanRows;
    const together = this.rowsMs / this.writes - meanRows * meanMs;
    const told = spread + weight > 0 ? (together + weight * ms) / (spread + weight) : ms;
    // Larger writes that happened to take less time say nothing about rows.
    if (rows <= meanRows) return Math.max(0, meanMs + Math.max(0, told) * (rows - meanRows));
    return meanMs + Math.max(least, told) * (rows - meanRows);
  }
}

interface Mean {
  readonly meanRows: number;
  readonly meanMs: number;
  /** Milliseconds that a row adds at least. */
  readonly least: number;
}
