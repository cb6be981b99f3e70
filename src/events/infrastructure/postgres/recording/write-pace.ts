/** Of a write, what those before it still count after one more: about the last twenty matter. */
const MEMORY = 0.95;

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

  wrote(rows: number, ms: number): void {
    this.writes = this.writes * MEMORY + 1;
    this.rows = this.rows * MEMORY + rows;
    this.ms = this.ms * MEMORY + ms;
    this.rowsSquared = this.rowsSquared * MEMORY + rows * rows;
    this.rowsMs = this.rowsMs * MEMORY + rows * ms;
  }

  /** Milliseconds; 0 before the first write. */
  expectedMs(rows: number): number {
    if (this.writes === 0) return 0;
    const [meanRows, meanMs] = [this.rows / this.writes, this.ms / this.writes];
    const spread = this.rowsSquared / this.writes - meanRows * meanRows;
    const each = spread > 0 ? (this.rowsMs / this.writes - meanRows * meanMs) / spread : 0;
    // Larger writes that happened to take less time say nothing about rows.
    return Math.max(0, meanMs + Math.max(0, each) * (rows - meanRows));
  }
}
