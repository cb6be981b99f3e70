import { canonicalAmount } from './parsing/amount.js';
import { CURRENCIES, NO_CURRENCY } from './currencies.js';
import { type EventFields, wrongField } from './parsing/event-schema.js';
import type { EventType } from './incoming-event.js';
import { RejectedEvent } from './rejection.js';

/** What an event says, normalised: the part of it that its fingerprint covers, beside the properties. */
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
  readonly reaction: 'cheers' | 'hate' | null;
  readonly conversionType: string | null;
  /** Canonical decimal (`19.9`), see amount.ts. */
  readonly amount: string | null;
  readonly currency: string | null;
}

/**
 * Applies the rules that span fields and brings values into their one form.
 *
 * @throws {RejectedEvent} schema
 */
export function contentOf(fields: EventFields, type: EventType): EventContent {
  if (fields.url !== undefined && fields.page_url !== undefined && fields.url !== fields.page_url) {
    throw new RejectedEvent('schema', 'url and page_url are synonyms and differ: send one of them', 'page_url');
  }
  if ((fields.x === undefined) !== (fields.y === undefined)) {
    const missing = fields.x === undefined ? 'x' : 'y';
    throw new RejectedEvent('schema', `${missing} is missing: x and y come together`, missing);
  }
  if (fields.user_id === undefined && !isAnonymousClick(fields, type)) {
    const exception = type === 'click' ? ', unless the click carries x and y or a reaction' : '';
    throw new RejectedEvent('schema', `user_id is required${exception}`, 'user_id');
  }
  if (fields.currency !== undefined && !CURRENCIES.has(fields.currency)) throw wrongField('currency', fields.currency);
  return {
    userId: fields.user_id ?? null,
    sessionId: fields.session_id ?? null,
    pageUrl: fields.url ?? fields.page_url ?? null,
    x: fields.x === undefined ? null : fields.x + 0,
    y: fields.y === undefined ? null : fields.y + 0,
    viewportWidth: wholePixels(fields.viewport_width),
    viewportHeight: wholePixels(fields.viewport_height),
    scrollY: wholePixels(fields.scroll_y),
    reaction: fields.reaction ?? null,
    conversionType: fields.conversion_type ?? null,
    amount: fields.amount === undefined ? null : canonicalAmount(fields.amount),
    currency: type === 'sale' ? (fields.currency ?? NO_CURRENCY) : null,
  };
}

function isAnonymousClick(fields: EventFields, type: EventType): boolean {
  return type === 'click' && (fields.x !== undefined || fields.reaction !== undefined);
}

/** `+ 0` turns −0 into 0. */
function wholePixels(pixels: number | undefined): number | null {
  return pixels === undefined ? null : Math.floor(pixels) + 0;
}
