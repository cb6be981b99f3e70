const MAX_SELECTOR = 1024;
const MAX_STEPS = 6;
const MARKS = ['data-track', 'data-testid', 'data-test', 'data-qa', 'data-cy'];
/** Ids that a framework counts up are others after the next build. */
const MADE_ID = /\d{3}|^:|^radix|^[0-9a-f-]{16,}$/i;
/** Frameworks put elements over the page from this z-index on. */
const OVERLAY_Z_INDEX = 50;
const OVERLAYS = 'dialog[open],[popover],[aria-modal=true],[role=menu],[role=listbox],[role=dialog]';

export interface Target {
  readonly selector?: string;
  readonly x: number;
  readonly y: number;
  readonly fixed: boolean;
}

/** Says what was hit, and where in the rectangle around it, transforms included. It takes nothing of the text. */
export function targetOf(element: Element, clientX: number, clientY: number): Target {
  const { left, top, width, height } = element.getBoundingClientRect();
  const selector = selectorOf(element);
  const place = { x: fraction(clientX - left, width), y: fraction(clientY - top, height), fixed: isFixed(element) };
  return selector === null ? place : { selector, ...place };
}

/** Rounded to what 0.001 % of a wide page is: digits cost bytes. */
export const fraction = (part: number, whole: number): number =>
  whole > 0 ? Math.round(Math.min(1, Math.max(0, part / whole)) * 1e5) / 1e5 : 0;

/** The path to this element from the nearest id or mark, or else a short one. Null: the path would name other elements, too. */
export function selectorOf(element: Element): string | null {
  let selector = '';
  let here: Element | null = element;
  for (let step = 0; here !== null && step < MAX_STEPS; step++, here = here.parentElement) {
    const name: string = nameOf(here);
    selector = selector === '' ? name : `${name}>${selector}`;
    if (/^[#[]/.test(name) && namesOne(selector)) break;
  }
  return selector.length <= MAX_SELECTOR && namesOne(selector) ? selector : null;
}

const namesOne = (selector: string): boolean => document.querySelectorAll(selector).length === 1;

function nameOf(element: Element): string {
  const { id, localName } = element;
  if (id !== '' && !MADE_ID.test(id)) return `#${CSS.escape(id)}`;
  const mark = MARKS.find((name) => element.getAttribute(name));
  if (mark !== undefined) return `[${mark}="${CSS.escape(element.getAttribute(mark)!)}"]`;
  const twins = [...(element.parentElement?.children ?? [])].filter((one) => one.localName === localName);
  const tag = CSS.escape(localName);
  return twins.length > 1 ? `${tag}:nth-of-type(${twins.indexOf(element) + 1})` : tag;
}

/**
 * Whether the element stays where it is while the page scrolls, or lies over the page. Then it has no place of its own in
 * the document.
 */
function isFixed(element: Element): boolean {
  for (let here: Element | null = element; here !== null; here = here.parentElement) {
    const { position, zIndex } = getComputedStyle(here);
    if (position === 'fixed' || position === 'sticky') return true;
    if (position === 'absolute' && (Number(zIndex) >= OVERLAY_Z_INDEX || here.matches(OVERLAYS))) return true;
  }
  return false;
}
