import type { TrackedEvent } from './tracked-event.js';

/**
 * What a count is broken down by: the reaction of a vote, the currency of a sale, else ''. Closed lists only, so that
 * the projections stay small whatever producers send.
 */
export const countLabel = (event: Pick<TrackedEvent, 'eventType' | 'reaction' | 'currency'>): string =>
  (event.eventType === 'click' ? event.reaction : event.eventType === 'sale' ? event.currency : null) ?? '';
