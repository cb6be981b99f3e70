import { EVENT_TYPES, type EventType } from '../../events/domain/incoming-event.js';
import {
  ChoiceParameter,
  IntegerParameter,
  ListParameter,
  TextParameter,
} from '../../platform/http/query-parameters.js';
import { type Compare, COMPARES, type Comparing } from '../application/compared-range.js';
import { INCLUDES, type Include } from '../application/get-metrics.query.js';
import { WindowParameters } from '../application/window-parameters.js';
import { INTERVALS, type Interval, MAX_BUCKETS } from '../domain/buckets.js';
import type { MetricsFilter } from '../domain/metrics-filter.js';

/** Which window, and which of its events: the same filters as of /events; they work together. */
class FilteredWindowParameters extends WindowParameters('24h') {
  @ChoiceParameter(EVENT_TYPES, { description: 'Only events of this type.', example: 'click' })
  event_type?: EventType;

  @TextParameter({
    max: 255,
    description: 'Only events of this user; counted from the facts, by an index.',
    example: '550e8400-e29b-41d4-a716-446655440000',
  })
  user_id?: string;

  @TextParameter({
    max: 255,
    description: 'Only events of this session; counted from the facts, so only within the time of a read.',
    example: 'sess_abc123',
  })
  session_id?: string;

  @TextParameter({
    max: 2048,
    description: 'Only events of this page, compared to the character; counted from the facts, clicks by an index.',
    example: 'https://product.com/item/123',
  })
  page_url?: string;

  @TextParameter({
    max: 64,
    description:
      'Only votes with this reaction, `view` or `scroll`, sales in this currency, conversions of this type. Fast with `event_type`; without it counted from the facts.',
    example: 'EUR',
  })
  label?: string;
}

export class GetMetricsRequest extends FilteredWindowParameters {
  @ChoiceParameter(COMPARES, {
    description:
      'Also an earlier window, and the change from it: the one of the same elapsed length just before (`previous`), or of the same clock times in `tz` a day, a week or a year before.',
    example: 'previous',
  })
  compare?: Compare;

  @TextParameter({
    max: 64,
    description: 'Time zone of the comparison: a name of the IANA database.',
    example: 'Europe/Madrid',
  })
  tz = 'UTC';

  @ListParameter(INCLUDES, {
    description:
      'More, separated by commas: `users` (distinct users and their conversion rate), `amounts` (percentiles and histogram of sales), `types` (conversions by type). Counted from the facts: they take as long as the window has events, are kept for a while (ten times as long as they took, a minute at most), and say of when they are.',
    example: 'users,amounts,types',
  })
  include: readonly Include[] = [];
}

export class GetTimeseriesRequest extends FilteredWindowParameters {
  @ChoiceParameter(Object.keys(INTERVALS), {
    description: `Length of a bucket. Without it the shortest that gives at most 200 buckets; more than ${MAX_BUCKETS} are refused.`,
    example: 'hour',
  })
  interval?: Interval;

  @TextParameter({
    max: 64,
    description:
      'Time zone of the buckets, a name of the IANA database (links too, in any case; no abbreviation such as `PST`, no offset): days are those of its clocks, of 23 or 25 hours when they change. Weeks begin on Monday.',
    example: 'Europe/Madrid',
  })
  tz = 'UTC';

  @ChoiceParameter(COMPARES, {
    description:
      'Also an earlier window: the one of the same elapsed length just before (`previous`), or of the same clock times in `tz` a day, a week or a year before.',
    example: 'previous',
  })
  compare?: Compare;
}

export class GetTopPagesRequest extends WindowParameters('24h') {
  @ChoiceParameter(EVENT_TYPES, {
    default: 'click',
    description: 'Pages of these events; votes, views and scrolls are left out of clicks.',
    example: 'click',
  })
  event_type: EventType = 'click';

  @IntegerParameter({ min: 1, max: 1000, default: 10, description: 'How many pages.', example: 10 })
  limit = 10;
}

export class GetReportRequest {
  @TextParameter({
    max: 64,
    description: 'Time zone of the days, weeks and months: a name of the IANA database.',
    example: 'Europe/Madrid',
  })
  tz = 'UTC';
}

export const comparingOf = (compare: Compare | undefined, tz: string): Comparing | null =>
  compare === undefined ? null : { with: compare, tz };

export const filterOf = (request: FilteredWindowParameters): MetricsFilter => ({
  eventType: request.event_type ?? null,
  userId: request.user_id ?? null,
  sessionId: request.session_id ?? null,
  pageUrl: request.page_url ?? null,
  label: request.label ?? null,
});
