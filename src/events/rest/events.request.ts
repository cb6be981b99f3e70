import {
  ChoiceParameter,
  IntegerParameter,
  TextParameter,
  TimeParameter,
} from '../../platform/http/query-parameters.js';
import {
  EVENT_ORDERS,
  type EventOrder,
  INTERACTIONS_WANTED,
  type InteractionWanted,
} from '../application/events-reader.port.js';
import { EVENT_TYPES, type EventType } from '../domain/incoming-event.js';

export const EVENTS_PER_PAGE = 10;

export class GetEventsRequest {
  @ChoiceParameter(EVENT_TYPES, {
    description: 'Only events of this type.',
    example: 'click',
  })
  event_type?: EventType;

  @TextParameter({
    max: 255,
    description: 'Only events of this user.',
    example: '550e8400-e29b-41d4-a716-446655440000',
  })
  user_id?: string;

  @TextParameter({ max: 255, description: 'Only events of this session.', example: 'sess_abc123' })
  session_id?: string;

  @TextParameter({
    max: 2048,
    description:
      'Only events of this page, compared to the character. Without `event_type` and `user_id` the answer holds its clicks, without views and scrolls; name the type, or the `interaction`, to get others.',
    example: 'https://product.com/item/123',
  })
  page_url?: string;

  @TextParameter({
    max: 64,
    description: 'Only votes with this reaction, `view` or `scroll`, sales in this currency, conversions of this type.',
    example: 'cheers',
  })
  label?: string;

  @ChoiceParameter(INTERACTIONS_WANTED, {
    description: 'Only page views, only scrolls, or with `none` only events that are neither.',
    example: 'none',
  })
  interaction?: InteractionWanted;

  @TimeParameter({
    description: 'Only events later than this: RFC 3339 with offset, or epoch milliseconds.',
    example: '2025-11-22T00:00:00.000Z',
  })
  from?: string;

  @TimeParameter({
    description: 'Only events up to this, included: RFC 3339 with offset, or epoch milliseconds.',
    example: '2025-11-23T00:00:00.000Z',
  })
  to?: string;

  @ChoiceParameter(EVENT_ORDERS, {
    default: 'desc',
    description: '`desc`: newest first; `asc`: oldest first. A cursor belongs to the order of its walk.',
    example: 'desc',
  })
  order: EventOrder = 'desc';

  @IntegerParameter({
    min: 1,
    max: 1000,
    default: EVENTS_PER_PAGE,
    description: 'Events per page. As NDJSON or CSV: events in all; without it everything that matches.',
    example: 10,
  })
  limit?: number;

  @ChoiceParameter(['true', 'false'], {
    default: 'false',
    description: '`true`: CSV begins with a byte order mark, without which Excel shows `ñ` as two letters.',
    example: 'true',
  })
  bom: 'true' | 'false' = 'false';

  @TextParameter({
    max: 200,
    description: 'The `next_cursor` of the answer before, with the same filters and order: the next page.',
    example: 'MSAxNzYzODI0NjY5MDAwIDAxOWFhYzM2LTlkNDgtN2FiYy04ZGVmLTAxMjM0NTY3ODlhYiBzYWxl',
  })
  cursor?: string;
}

export class GetEventRequest {
  @ChoiceParameter(EVENT_TYPES, {
    description: 'The type of the event. An id is unique per type: without it the answer is a list.',
    example: 'click',
  })
  event_type?: EventType;
}
