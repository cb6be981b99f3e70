/** Fractions of what the cells lie over: of the document, or of the viewport. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export type Grid = readonly (readonly number[])[];

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** The cells that people read; the picture is counted in finer ones. */
export const SHOWN = 20;
/** A multiple of the above, so that the figures of the large cells are sums of the small ones. */
export const COUNTED = 100;

/** The last row and the last column take the edge in. */
export const cellOf = ({ x, y }: Place, rows: number, columns: number): Cell => ({
  row: Math.min(rows - 1, Math.max(0, Math.floor(y * rows))),
  column: Math.min(columns - 1, Math.max(0, Math.floor(x * columns))),
});

/** The same clicks in fewer cells. @param size of each side; the grid's is a multiple of it */
export function coarser(grid: Grid, size = SHOWN): number[][] {
  const sums = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  grid.forEach((cells, row) =>
    cells.forEach((clicks, column) => {
      const of = sums[Math.floor((row * size) / grid.length)]!;
      of[Math.floor((column * size) / cells.length)]! += clicks;
    }),
  );
  return sums;
}

/** Points by cells of the shown size, in whole clicks. */
export function binned(points: readonly Weighted[]): number[][] {
  const cells = Array.from({ length: SHOWN }, () => new Array<number>(SHOWN).fill(0));
  for (const point of points) {
    const { row, column } = cellOf(point, SHOWN, SHOWN);
    cells[row]![column]! += point.clicks;
  }
  return cells.map((row) => row.map(Math.round));
}

export const mostOf = (grid: Grid): number => grid.reduce((most, cells) => Math.max(most, ...cells), 0);

export interface Weighted extends Place {
  readonly clicks: number;
}

/** Null: of none that is known by itself. */
export type Spot<Known> = Weighted & { readonly of: Known | null };

/**
 * Every click that is counted, drawn as exactly as its place is known. The newest clicks are known one by one. The clicks of
 * a cell are drawn at the places of its newest ones, or in its middle if none of these is known. @param known of the newest
 * clicks
 */
export function weighted<Known extends Place>(grid: Grid, known: readonly Known[]): readonly Spot<Known>[] {
  const rows = grid.length;
  const columns = grid[0]?.length ?? 0;
  const byCell = new Map<number, Known[]>();
  for (const one of known) {
    const { row, column } = cellOf(one, rows, columns);
    const key = row * columns + column;
    const others = byCell.get(key);
    if (others === undefined) byCell.set(key, [one]);
    else others.push(one);
  }
  return grid.flatMap((cells, row) =>
    cells.flatMap((clicks, column): Spot<Known>[] => {
      if (clicks === 0) return [];
      const places = byCell.get(row * columns + column);
      if (places === undefined) return [{ x: (column + 0.5) / columns, y: (row + 0.5) / rows, clicks, of: null }];
      return places.map((of) => ({ x: of.x, y: of.y, clicks: clicks / places.length, of }));
    }),
  );
}

/** The nearest cell with clicks in a direction; in the next rows the one that is least aside. */
export function nextCell(grid: Grid, from: Cell, [down, across]: readonly [number, number]): Cell | null {
  const clicked = grid.flatMap((cells, row) =>
    cells.flatMap((clicks, column) => (clicks > 0 ? [{ row, column }] : [])),
  );
  const ahead = clicked.filter(({ row, column }) =>
    down === 0 ? row === from.row && (column - from.column) * across > 0 : (row - from.row) * down > 0,
  );
  const far = ({ row, column }: Cell) => Math.abs(row - from.row) * 1000 + Math.abs(column - from.column);
  return ahead.reduce<Cell | null>((best, one) => (best === null || far(one) < far(best) ? one : best), null);
}
