import { EVENT_LABEL_SQL } from '../../../events/domain/counts/count-label.js';
import { pageKeyOf } from '../../../events/domain/page-key.js';
import type { MetricsFilter } from '../../domain/metrics-filter.js';

/** Takes a value, gives its place in the text: `$7`. */
export type Parameter = (value: unknown) => string;

/**
 * What a filter asks of `events`, as statements over disjoint rows: more than one where only a part of the rows has an index. Types
 * stand in the text (closed list), because a partial index is only considered for a constant. Fits (user_id, occurred_at), clicks
 * by (page_key, occurred_at), rare types by (event_type, occurred_at); else (occurred_at).
 */
export function factConditions(filter: MetricsFilter, parameter: Parameter): string[] {
  const { eventType, userId, sessionId, pageUrl, label } = filter;
  const conditions: string[] = [];
  if (userId !== null) conditions.push(`user_id = ${parameter(userId)}`);
  if (sessionId !== null) conditions.push(`session_id = ${parameter(sessionId)}`);
  if (pageUrl !== null) {
    conditions.push(`page_key = ${parameter(String(pageKeyOf(pageUrl)))}::bigint`, `page_url = ${parameter(pageUrl)}`);
  }
  if (label !== null) conditions.push(`${EVENT_LABEL_SQL} = ${parameter(label)}`);
  const split = pageUrl !== null && userId === null && eventType === null;
  const types = split
    ? [`event_type = 'click'`, `event_type <> 'click'`]
    : eventType === null
      ? []
      : [`event_type = '${eventType}'`];
  const rest = conditions.join(' and ');
  return types.length === 0 ? [rest || 'true'] : types.map((type) => [type, ...(rest ? [rest] : [])].join(' and '));
}
