import { fraction } from './target.js';

/**
 * The element whose sizes are those of the whole page, in pixels of the viewport. Others have pixels of their own where the
 * page is zoomed by its style; and without a doctype it is the body.
 */
export const wholePage = (): Element => document.scrollingElement ?? document.documentElement;

/** Sizes of the page at this moment: images that come late change them. */
export function pageSizes() {
  const { scrollWidth, scrollHeight } = wholePage();
  return {
    viewport_width: innerWidth,
    viewport_height: innerHeight,
    scroll_y: Math.max(0, Math.floor(scrollY)),
    document_width: scrollWidth,
    document_height: scrollHeight,
  };
}

/** A point of the viewport as fractions of the document. A document that is read from the right begins left of the viewport. */
export function placeInDocument(clientX: number, clientY: number): { readonly x: number; readonly y: number } {
  const { scrollWidth: width, scrollHeight: height, clientWidth } = wholePage();
  const left = getComputedStyle(document.documentElement).direction === 'rtl' ? clientWidth - width : 0;
  return { x: fraction(clientX + scrollX - left, width), y: fraction(clientY + scrollY, height) };
}
