import type { Cell } from '../map/cells.js';

export const DEVICES = ['phone', 'tablet', 'desktop'] as const;
export type Device = (typeof DEVICES)[number];
/** Widths of the viewport in pixels, `[from, to)`. */
export const DEVICE_WIDTHS: Readonly<Record<Device, { readonly from: number; readonly to: number }>> = {
  phone: { from: 0, to: 600 },
  tablet: { from: 600, to: 1024 },
  desktop: { from: 1024, to: Infinity },
};
export const LAYERS = ['heat', 'grid', 'fixed'] as const;
export type Layer = (typeof LAYERS)[number];

/** Percent of the page that is seen through the hottest clicks. */
export const TRANSPARENCY = { least: 0, most: 90, step: 10, usual: 20 } as const;

export interface Filters {
  /** Null: the page with most clicks. */
  readonly page: string | null;
  /** Null: all together. */
  readonly device: Device | null;
  readonly layer: Layer;
  readonly transparency: number;
  readonly user: string | null;
  /** The cell whose clicks are shown one by one. */
  readonly cell: Cell | null;
  /** Whether the page itself is left out. */
  readonly wireframe: boolean;
}

/** Everything that the heat map shows is chosen in its address. A value that is not known counts as absent. */
export function readFilters(parameters: URLSearchParams): Filters {
  const text = (name: string) => parameters.get(name) || null;
  const one = <T extends string>(name: string, of: readonly T[]) => of.find((value) => value === text(name)) ?? null;
  return {
    page: text('page_url'),
    device: one('device', DEVICES),
    layer: one('layer', LAYERS) ?? 'heat',
    transparency: transparencyOf(text('transparency')),
    user: text('user_id'),
    cell: cellOf(text('cell')),
    wireframe: text('page') === 'wireframe',
  };
}

function transparencyOf(text: string | null): number {
  const value = Number(text);
  if (text === null || !Number.isFinite(value)) return TRANSPARENCY.usual;
  return Math.min(TRANSPARENCY.most, Math.max(TRANSPARENCY.least, value));
}

/** `4,12`: row and column, counted from 1. */
function cellOf(text: string | null): Cell | null {
  const [, row, column] = /^(\d{1,3}),(\d{1,3})$/.exec(text ?? '') ?? [];
  if (row === undefined || column === undefined || row === '0' || column === '0') return null;
  return { row: Number(row) - 1, column: Number(column) - 1 };
}

export const cellText = ({ row, column }: Cell): string => `${row + 1},${column + 1}`;
