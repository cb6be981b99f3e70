import { canonicalAmount } from '../parsing/amount.js';
import { canonicalJson } from '../parsing/canonical-json.js';
import { CURRENCIES, NO_CURRENCY } from '../currencies.js';
import { type EventFields, wrongField } from '../parsing/event-schema.js';
import type { EventType, Interaction, Reaction } from '../incoming-event.js';
import { RejectedEvent } from '../rejection.js';

/** The normalised content of an event: the part of it that its fingerprint covers, beside the properties. */
export interface EventContent {
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly pageUrl: string | null;
  /** Fractions of the document, 0..1; both or none. */
  readonly x: number | null;
  readonly y: number | null;
  /** Whole pixels, 0..1,000,000. */
  readonly viewportWidth: number | null;
  readonly viewportHeight: number | null;
  readonly scrollY: number | null;
  readonly reaction: Reaction | null;
  readonly conversionType: string | null;
  /** Canonical decimal (`19.9`), see amount.ts. */
  readonly amount: string | null;
  readonly currency: string | null;
  /** A page view, or how far it was read: on clicks without `x`, `y` and reaction. */
  readonly interaction: Interaction | null;
  readonly viewId: string | null;
  /** Fraction of the document, 0..1. */
  readonly scrollDepth: number | null;
  /** Whole pixels, 0..1,000,000. */
  readonly documentWidth: number | null;
  readonly documentHeight: number | null;
  /** Canonical JSON of what was hit. */
  readonly target: string | null;
}

/**
 * Applies the rules that span fields, and brings values into their one form.
 *
 * @param erased the person is erased, so fields that named them are not required
 * @throws {RejectedEvent} schema
 */
export function contentOf(fields: EventFields, type: EventType, erased = false): EventContent {
  if (fields.url !== undefined && fields.page_url !== undefined && fields.url !== fields.page_url) {
    throw new RejectedEvent('schema', 'url and page_url are synonyms and differ: send one of them', 'page_url');
  }
  if ((fields.x === undefined) !== (fields.y === undefined)) {
    const missing = fields.x === undefined ? 'x' : 'y';
    throw new RejectedEvent('schema', `${missing} is missing: x and y come together`, missing);
  }
  if (fields.interaction !== undefined && !erased) checkInteraction(fields);
  if (fields.user_id === undefined && !erased && !isAnonymousClick(fields, type)) {
    const exception = type === 'click' ? ', unless the click carries x and y, a reaction or an interaction' : '';
    throw new RejectedEvent('schema', `user_id is required${exception}`, 'user_id');
  }
  if (fields.currency !== undefined && !CURRENCIES.has(fields.currency)) throw wrongField('currency', fields.currency);
  return {
    userId: fields.user_id ?? null,
    sessionId: fields.session_id ?? null,
    pageUrl: fields.url ?? fields.page_url ?? null,
    x: fraction(fields.x),
    y: fraction(fields.y),
    viewportWidth: wholePixels(fields.viewport_width),
    viewportHeight: wholePixels(fields.viewport_height),
    scrollY: wholePixels(fields.scroll_y),
    reaction: fields.reaction ?? null,
    conversionType: fields.conversion_type ?? null,
    amount: fields.amount === undefined ? null : canonicalAmount(fields.amount),
    currency: type === 'sale' ? (fields.currency ?? NO_CURRENCY) : null,
    interaction: fields.interaction ?? null,
    viewId: fields.view_id ?? null,
    scrollDepth: fraction(fields.scroll_depth),
    documentWidth: wholePixels(fields.document_width),
    documentHeight: wholePixels(fields.document_height),
    target: fields.target === undefined ? null : canonicalJson(fields.target),
  };
}

function isAnonymousClick({ x, reaction, interaction }: EventFields, type: EventType): boolean {
  return type === 'click' && (x !== undefined || reaction !== undefined || interaction !== undefined);
}

function checkInteraction({ interaction, x, y, reaction, url, page_url, view_id, scroll_depth }: EventFields): void {
  const refuse = (why: string, field: string) => new RejectedEvent('schema', why, field);
  if (x !== undefined || y !== undefined || reaction !== undefined) {
    throw refuse(
      `interaction ${interaction} is no click with x and y, and no vote: send them as two events`,
      'interaction',
    );
  }
  if (url === undefined && page_url === undefined) {
    throw refuse('page_url is missing: an interaction needs page_url and view_id', 'page_url');
  }
  if (view_id === undefined) {
    throw refuse(
      'view_id is missing: an interaction needs page_url and view_id, a string of 1 to 64 characters',
      'view_id',
    );
  }
  if (interaction === 'scroll' && scroll_depth === undefined) {
    throw refuse('scroll_depth is missing: interaction scroll needs it, a number from 0 to 1', 'scroll_depth');
  }
}

/** `+ 0` turns −0 into 0. */
function fraction(sent: number | undefined): number | null {
  return sent === undefined ? null : sent + 0;
}

function wholePixels(pixels: number | undefined): number | null {
  return pixels === undefined ? null : Math.floor(pixels) + 0;
}
