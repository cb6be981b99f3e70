import { fraction } from './target.js';

/** Sizes of the page at this moment: images that come late change them. */
export function pageSizes() {
  const { documentElement: root, body } = document;
  const width = Math.max(root.scrollWidth, body?.scrollWidth ?? 0, root.clientWidth);
  const height = Math.max(root.scrollHeight, body?.scrollHeight ?? 0, root.clientHeight);
  return {
    viewport_width: innerWidth,
    viewport_height: innerHeight,
    scroll_y: Math.max(0, Math.floor(scrollY)),
    document_width: width,
    document_height: height,
  };
}

/** A point of the viewport as fractions of the document. A document that is read from the right begins left of the viewport. */
export function placeInDocument(clientX: number, clientY: number): { readonly x: number; readonly y: number } {
  const { document_width: width, document_height: height } = pageSizes();
  const root = document.documentElement;
  const left = getComputedStyle(root).direction === 'rtl' ? Math.min(0, root.clientWidth - width) : 0;
  return { x: fraction(clientX + scrollX - left, width), y: fraction(clientY + scrollY, height) };
}
