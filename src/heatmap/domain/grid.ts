export const FEWEST_LINES = 5;
export const MOST_LINES = 100;
export const USUAL_LINES = 20;

/** The number of clicks in a cell. Cells are numbered by rows from the top, and from the left within a row. */
export interface CellCount {
  readonly cell: number;
  readonly clicks: number;
}

/**
 * Cuts the document into equal cells. A click lies in row ⌊y × rows⌋ and column ⌊x × columns⌋. At the very end of the
 * document it lies in the last one.
 */
export class Grid {
  constructor(
    readonly rows: number,
    readonly columns: number,
  ) {}

  get cells(): number {
    return this.rows * this.columns;
  }

  /** `grid[row][column]`, cells without a click included. */
  filled(counts: readonly CellCount[]): number[][] {
    const grid = Array.from({ length: this.rows }, () => Array<number>(this.columns).fill(0));
    for (const { cell, clicks } of counts) grid[Math.floor(cell / this.columns)]![cell % this.columns]! += clicks;
    return grid;
  }
}
