import type { EventType } from '../../events/domain/incoming-event.js';

/** Which events count; null: any. */
export interface MetricsFilter {
  readonly eventType: EventType | null;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly pageUrl: string | null;
  /** The reaction of a vote, `view` or `scroll`, the currency of a sale, or the type of a conversion. */
  readonly label: string | null;
}

export const NO_FILTER: MetricsFilter = { eventType: null, userId: null, sessionId: null, pageUrl: null, label: null };

export const isUnfiltered = (filter: MetricsFilter): boolean => Object.values(filter).every((value) => value === null);

/** The projections know type, reaction, interaction and currency. Everything else is counted from the facts. */
export const needsFacts = ({ eventType, userId, sessionId, pageUrl, label }: MetricsFilter): boolean =>
  userId !== null ||
  sessionId !== null ||
  pageUrl !== null ||
  (label !== null && (eventType === null || eventType === 'conversion'));

/** Whether the filter lets both clicks and conversions through, so that their rate has a meaning. */
export const isComparable = ({ eventType, label }: MetricsFilter): boolean => eventType === null && label === null;
