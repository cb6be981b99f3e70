import type { Place } from './cells.js';

/** The element that a click hit, as the tracker describes it. The place in it is given in fractions. */
export interface Hit {
  readonly selector: string | null;
  readonly x: number | null;
  readonly y: number | null;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A page as it is now, in its own pixels. */
export interface ShownPage {
  readonly width: number;
  readonly height: number;
  /** Null: nothing, or more than one thing, has this selector. */
  boxOf(selector: string): Box | null;
}

/**
 * Where on the page a click is now, on the element that it hit: that may have moved since, and stands elsewhere in other widths.
 *
 * @returns null: the page no longer has that element; undefined: the click names none
 */
export function onElement(target: Hit | null, page: ShownPage): Place | null | undefined {
  if (target === null || target.selector === null || target.x === null || target.y === null) return undefined;
  const box = page.boxOf(target.selector);
  if (box === null) return null;
  return { x: (box.left + target.x * box.width) / page.width, y: (box.top + target.y * box.height) / page.height };
}

/** The elements that the page no longer has. */
export const vanishedFrom = <Of extends { readonly selector: string }>(
  page: ShownPage,
  elements: readonly Of[],
): readonly Of[] => elements.filter(({ selector }) => page.boxOf(selector) === null);
