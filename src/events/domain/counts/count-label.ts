import type { TrackedEvent } from '../tracked-event.js';

/**
 * What a count is broken down by: the reaction of a vote, the currency of a sale, else ''. Closed lists only, so that
 * the projections stay small whatever producers send.
 */
export const countLabel = (event: Pick<TrackedEvent, 'eventType' | 'reaction' | 'currency'>): string =>
  (event.eventType === 'click' ? event.reaction : event.eventType === 'sale' ? event.currency : null) ?? '';

/** The same over the columns of a fact, which are set on their own type only. */
export const COUNT_LABEL_SQL = `coalesce(reaction, currency, '')`;

/** What a client's filter `label` means: the type of a conversion too, which is free text and no label of a count. */
export const EVENT_LABEL_SQL = `coalesce(reaction, currency, conversion_type)`;
