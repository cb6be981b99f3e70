import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiProblems } from '../../platform/http/problem.response.js';
import { invalidRequest } from '../../platform/http/validation.js';
import { GetEventQuery } from '../application/get-event.query.js';
import { GetEventsQuery } from '../application/get-events.query.js';
import { isStorableText } from '../domain/storable-text.js';
import { GetEventRequest, GetEventsRequest } from './events.request.js';
import { EventPageResponse, EventResponse, EventsOfIdResponse } from './events.response.js';

@ApiTags('events')
@Controller('events')
export class EventsController {
  constructor(private readonly queries: QueryBus) {}

  /** One page, newest first; every event that was committed before the first page of a walk appears in it exactly once. */
  @Get()
  @ApiOperation({
    summary: 'Events, newest first',
    description:
      'Order is `occurred_at`, then the id, then the type, descending. Follow `next_cursor` (or the header `Link: …; rel="next"`) with the same filters: the walk shows every event that was recorded before its first page exactly once, however many arrive meanwhile. Filters work together.',
  })
  @ApiOkResponse({
    type: EventPageResponse,
    headers: {
      Link: { description: 'The next older page, `rel="next"`; absent at the end.', schema: { type: 'string' } },
    },
  })
  @ApiProblems(400, 503)
  async list(
    @Query() request: GetEventsRequest,
    @Req() { url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventPageResponse> {
    const { event_type, user_id, session_id, page_url, from, to, limit, cursor } = request;
    const filter = {
      from: from ?? null,
      to: to ?? null,
      eventType: event_type ?? null,
      userId: user_id ?? null,
      sessionId: session_id ?? null,
      pageUrl: page_url ?? null,
    };
    const page = await this.queries.execute(new GetEventsQuery(filter, limit, cursor ?? null));
    if (page.next_cursor !== null) void reply.header('link', nextLink(url, page.next_cursor));
    return page;
  }

  /** The event with this id and type, or without a type the list of all with this id. */
  @Get(':event_id')
  @ApiOperation({
    summary: 'One event',
    description: 'With `event_type` the event itself; without it a list, since an id is unique per type.',
  })
  @ApiParam({
    name: 'event_id',
    description: "The producer's id, or the UUID that the service derived.",
    schema: { type: 'string', minLength: 1, maxLength: 128, example: 'order-1001' },
  })
  @ApiExtraModels(EventResponse, EventsOfIdResponse)
  @ApiOkResponse({
    schema: { oneOf: [{ $ref: getSchemaPath(EventResponse) }, { $ref: getSchemaPath(EventsOfIdResponse) }] },
  })
  @ApiProblems(400, 404, 503)
  async one(
    @Param('event_id') eventId: string,
    @Query() { event_type }: GetEventRequest,
  ): Promise<EventResponse | EventsOfIdResponse | undefined> {
    if (eventId.length > 128 || !isStorableText(eventId)) {
      throw invalidRequest([{ field: 'event_id', message: 'must be 1 to 128 characters, none of them U+0000' }]);
    }
    const events = await this.queries.execute(new GetEventQuery(eventId, event_type ?? null));
    return event_type === undefined ? { events } : events[0];
  }
}

/** RFC 8288, relative to the address that was asked. */
function nextLink(url: string, cursor: string): string {
  const next = new URL(url, 'http://localhost');
  next.searchParams.set('cursor', cursor);
  return `<${next.pathname}${next.search}>; rel="next"`;
}
