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
  /** Of the window, pixels. */
  readonly width: number;
  /** Of the document, pixels: no narrower. */
  readonly documentWidth: number;
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
  const alike = seenAt(width, seen);
  const height = median(alike.map(({ document_height }) => document_height));
  const viewportHeight = median(alike.map(({ viewport_height }) => viewport_height));
  return {
    width,
    documentWidth: Math.max(width, median(alike.map(({ document_width }) => document_width)) ?? 0),
    viewportHeight: viewportHeight ?? fallback.viewportHeight,
    height,
    fold: height === null || viewportHeight === null ? null : Math.min(1, viewportHeight / height),
  };
}

/** What was clicked at about this width of the viewport. */
export const seenAt = <Of extends Pick<Seen, 'viewport_width'>>(width: number, seen: readonly Of[]): readonly Of[] =>
  seen.filter(({ viewport_width }) => Math.abs((viewport_width ?? 0) - width) <= width * ALIKE);

/** Of what is there and not 0. */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null && value > 0).sort((one, other) => one! - other!);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/**
 * Where in the first screen a click on a fixed element was: it has no place of its own in the document. Null where its client
 * did not say the sizes.
 */
export function placeInViewport(seen: Seen & { readonly scroll_y: number | null }): { x: number; y: number } | null {
  const { x, y, viewport_width, viewport_height, document_width, document_height, scroll_y } = seen;
  if (!viewport_width || !viewport_height || !document_width || !document_height || scroll_y === null) return null;
  const within = (part: number) => Math.min(1, Math.max(0, part));
  return {
    x: within((x * document_width) / viewport_width),
    y: within((y * document_height - scroll_y) / viewport_height),
  };
}
