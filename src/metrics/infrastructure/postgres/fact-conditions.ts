import { INTERACTION_SQL, OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../events/domain/clicks-of-page.js';
import { EVENT_LABEL_SQL } from '../../../events/domain/counts/count-label.js';
import { pageKeyOf } from '../../../events/domain/page-key.js';
import type { MetricsFilter } from '../../domain/metrics-filter.js';

/** Takes a value, and gives its place in the text: `$7`. */
export type Parameter = (value: unknown) => string;

/**
 * Writes a filter on `events` as conditions over disjoint rows. There is more than one condition if only a part of the rows
 * has an index. Types stand in the text (they are a closed list), because PostgreSQL considers a partial index only for a
 * constant. Fits (user_id, occurred_at), the three (page_key, occurred_at) of clicks, and (event_type, occurred_at) of rare
 * types; else (occurred_at).
 */
export function factConditions(filter: MetricsFilter, parameter: Parameter): string[] {
  const { userId, sessionId, pageUrl, label } = filter;
  const conditions: string[] = [];
  if (userId !== null) conditions.push(`user_id = ${parameter(userId)}`);
  if (sessionId !== null) conditions.push(`session_id = ${parameter(sessionId)}`);
  if (pageUrl !== null) {
    conditions.push(`page_key = ${parameter(String(pageKeyOf(pageUrl)))}::bigint`, `page_url = ${parameter(pageUrl)}`);
  }
  if (label !== null) conditions.push(`${EVENT_LABEL_SQL} = ${parameter(label)}`);
  const types = typesApart(filter);
  const rest = conditions.join(' and ');
  return types.length === 0 ? [rest || 'true'] : types.map((type) => [type, ...(rest ? [rest] : [])].join(' and '));
}

/** The clicks of a page stand in three indexes (clicks-of-page.ts). The clicks of one user come by another index. */
function typesApart({ eventType, userId, pageUrl }: MetricsFilter): string[] {
  const clicks = [PLACED_CLICK_SQL, OTHER_CLICK_SQL, INTERACTION_SQL];
  const byPage = pageUrl !== null && userId === null;
  if (byPage && eventType === null) return [...clicks, `event_type <> 'click'`];
  if (byPage && eventType === 'click') return clicks;
  return eventType === null ? [] : [`event_type = '${eventType}'`];
}
