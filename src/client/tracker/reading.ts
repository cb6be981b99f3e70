import { wholePage } from './document-place.js';
import { fraction } from './target.js';

/** An inner container counts as what is read if it covers at least this part of the viewport. */
const MAIN_PART = 0.5;

/** Measures how far a view was read: the deepest pixel, of the height that the page has when it is asked. */
export class Reading {
  private deepest = 0;
  private container: Element | null = null;
  private told = 0;

  /** @param scrolled what scrolled; the document unless it is an element */
  look(scrolled?: unknown): void {
    if (scrolled instanceof Element && isMain(scrolled) && wholePage().scrollHeight <= innerHeight + 1) {
      if (this.container !== scrolled) this.deepest = 0;
      this.container = scrolled;
    }
    const within = this.container;
    const bottom = within ? within.scrollTop + within.clientHeight : scrollY + innerHeight;
    this.deepest = Math.max(this.deepest, bottom);
  }

  /** The fraction, if it has grown since it was last asked for; else null. */
  grown(): number | null {
    this.look();
    const height = (this.container ?? wholePage()).scrollHeight;
    const depth = fraction(this.deepest, height);
    if (depth <= this.told) return null;
    this.told = depth;
    return depth;
  }
}

const isMain = ({ clientWidth, clientHeight }: Element): boolean =>
  clientWidth >= innerWidth * MAIN_PART && clientHeight >= innerHeight * MAIN_PART;
