import type { Hit } from './projection.js';

/** What a click tells of the page that it was in; null where its client did not say. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  readonly viewport_width: number | null;
  readonly viewport_height: number | null;
  readonly document_width: number | null;
  readonly document_height: number | null;
  readonly target: Hit | null;
}

export interface TypicalPage {
  /** Pixels. */
  readonly width: number;
  readonly viewportHeight: number;
  /** Of the whole document; null where no click tells. */
  readonly height: number | null;
  /** Where the first screen ends, as a fraction of the document; null where no click tells. */
  readonly fold: number | null;
}

export const DEVICE_SIZES = {
  phone: { width: 390, viewportHeight: 800 },
  tablet: { width: 820, viewportHeight: 1100 },
  desktop: { width: 1440, viewportHeight: 900 },
} as const;
/** Pages of about one width are about as long. */
const ALIKE = 0.15;

/** The page as most saw it: the median of widths, and of the heights that go with that width. */
export function typicalPage(seen: readonly Seen[], device: keyof typeof DEVICE_SIZES | null): TypicalPage {
  const fallback = DEVICE_SIZES[device ?? 'desktop'];
  const width = median(seen.map(({ viewport_width }) => viewport_width)) ?? fallback.width;
  const alike = seen.filter(({ viewport_width }) => Math.abs((viewport_width ?? 0) - width) <= width * ALIKE);
  const height = median(alike.map(({ document_height }) => document_height));
  const viewportHeight = median(alike.map(({ viewport_height }) => viewport_height));
  return {
    width,
    viewportHeight: viewportHeight ?? fallback.viewportHeight,
    height,
    fold: height === null || viewportHeight === null ? null : Math.min(1, viewportHeight / height),
  };
}

/** Of what is there and not 0. */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null && value > 0).sort((one, other) => one! - other!);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
