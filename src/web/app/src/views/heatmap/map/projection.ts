import type { Place, Weighted } from './cells.js';

/** Where a click hit, as the tracker says it: fractions within the element. */
export interface Hit {
  readonly selector?: string | undefined;
  readonly x?: number | undefined;
  readonly y?: number | undefined;
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

export interface Projected {
  readonly points: readonly Weighted[];
  /** Of the clicks that are known one by one: those whose element the page no longer has. They are drawn nowhere. */
  readonly unmatched: number;
  /** And those that stand where their element is now. */
  readonly matched: number;
}

interface Known extends Place {
  readonly target: Hit | null;
}

/**
 * Puts clicks back onto the elements that they hit: those may have moved since, and stand elsewhere in other widths. A click
 * that names no element stays at its fraction of the page.
 */
export function projected(
  points: readonly (Weighted & { readonly of: Known | null })[],
  page: ShownPage,
): Projected {
  let [unmatched, matched] = [0, 0];
  const boxes = new Map<string, Box | null>();
  const boxOf = (selector: string) => {
    if (!boxes.has(selector)) boxes.set(selector, page.boxOf(selector));
    return boxes.get(selector)!;
  };
  const placed = points.flatMap(({ of, ...point }) => {
    const { selector, x, y } = of?.target ?? {};
    if (selector === undefined || x === undefined || y === undefined) return [point];
    const box = boxOf(selector);
    if (box === null) {
      unmatched += 1;
      return [];
    }
    matched += 1;
    const place = { x: (box.left + x * box.width) / page.width, y: (box.top + y * box.height) / page.height };
    return [{ ...place, clicks: point.clicks }];
  });
  return { points: placed, unmatched, matched };
}

/** @param within `document`: everything it is long; `viewport`: what is seen of it without scrolling */
export function pageOf(shown: Document, within: 'document' | 'viewport'): ShownPage {
  const { documentElement: root, body } = shown;
  const whole = within === 'document';
  return {
    width: whole ? Math.max(root.scrollWidth, body?.scrollWidth ?? 0) : root.clientWidth,
    height: whole ? Math.max(root.scrollHeight, body?.scrollHeight ?? 0) : root.clientHeight,
    boxOf(selector) {
      let found: NodeListOf<Element>;
      try {
        found = shown.querySelectorAll(selector);
      } catch {
        // It is what somebody sent.
        return null;
      }
      if (found.length !== 1) return null;
      const { left, top, width, height } = found[0]!.getBoundingClientRect();
      if (width === 0 || height === 0) return null;
      const scrolled = shown.defaultView;
      return { left: left + (scrolled?.scrollX ?? 0), top: top + (scrolled?.scrollY ?? 0), width, height };
    },
  };
}
