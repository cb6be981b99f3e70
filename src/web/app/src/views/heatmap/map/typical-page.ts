import type { Hit } from './projection.js';

/** The sizes of the page that a click tells; null: its client did not send them. */
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
  /** The width of the window, pixels. */
  readonly width: number;
  /** The width of the document, pixels; at least that of the window. */
  readonly documentWidth: number;
  readonly viewportHeight: number;
  /** The height of the whole document; null: no click tells it. */
  readonly height: number | null;
  /** The end of the first screen, as a fraction of the document; null: no click tells it. */
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
export function typicalPage(clicks: readonly Seen[], device: keyof typeof DEVICE_SIZES | null): TypicalPage {
  const fallback = DEVICE_SIZES[device ?? 'desktop'];
  const width = median(clicks.map(({ viewport_width }) => viewport_width)) ?? fallback.width;
  const alike = seenAt(width, clicks);
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

/** The clicks that were made at about this width of the viewport. */
export const seenAt = <Of extends Pick<Seen, 'viewport_width'>>(width: number, clicks: readonly Of[]): readonly Of[] =>
  clicks.filter(({ viewport_width }) => Math.abs((viewport_width ?? 0) - width) <= width * ALIKE);

/** The median of the values that are there and not 0. */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null && value > 0).sort((one, other) => one! - other!);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/**
 * The place in the first screen of a click on a fixed element, which has no place of its own in the document. Null: its
 * client did not send the sizes.
 */
export function placeInViewport(click: Seen & { readonly scroll_y: number | null }): { x: number; y: number } | null {
  const { x, y, viewport_width, viewport_height, document_width, document_height, scroll_y } = click;
  if (!viewport_width || !viewport_height || !document_width || !document_height || scroll_y === null) return null;
  const within = (part: number) => Math.min(1, Math.max(0, part));
  return {
    x: within((x * document_width) / viewport_width),
    y: within((y * document_height - scroll_y) / viewport_height),
  };
}
