import type { TrackedEvent } from '../tracked-event.js';

/**
 * The label by which a count is broken down: the reaction of a vote, `view` or `scroll` of an interaction, the currency of a sale, else ''. Closed
 * lists only, so that the projections stay small whatever producers send; and no two of them share a word.
 */
export const countLabel = ({
  eventType,
  reaction,
  interaction,
  currency,
}: Pick<TrackedEvent, 'eventType' | 'reaction' | 'interaction' | 'currency'>): string =>
  (eventType === 'click' ? (reaction ?? interaction) : eventType === 'sale' ? currency : null) ?? '';

/** The same over the columns of a fact, which are set on their own type only. */
export const COUNT_LABEL_SQL = `coalesce(reaction, interaction, currency, '')`;

/** The meaning of a client's filter `label`: the type of a conversion too, which is free text and no label of a count. */
export const EVENT_LABEL_SQL = `coalesce(reaction, interaction, currency, conversion_type)`;
