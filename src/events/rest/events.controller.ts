import type { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { OpenRead } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { HeldAnswers } from '../../platform/http/answers/held-answers.js';
import { LINK_HEADER, linkNext } from '../../platform/http/next-link.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { invalidRequest } from '../../platform/http/validation.js';
import { EventPage, EventsOfId, EventView } from '../application/answers/event.answer.js';
import type { EventsWanted } from '../application/events-wanted.js';
import { EXPORT_PAGE_BYTES, ExportEventsQuery } from '../application/export-events.query.js';
import { GetEventQuery } from '../application/get-event.query.js';
import { GetEventsQuery } from '../application/get-events.query.js';
import { countCharacters } from '../domain/characters.js';
import { isStorableText } from '../domain/parsing/storable-text.js';
import { EVENTS_PER_PAGE, GetEventRequest, GetEventsRequest } from './events.request.js';
import { exportFormatOf } from './export-format.js';
import { exportStream } from './export-stream.js';

/** The page that waits for the client, and the one before it in the connection. */
const EXPORT_HELD_BYTES = 2 * EXPORT_PAGE_BYTES;
/** Characters, as intake takes them. */
const MAX_EVENT_ID = 128;

@ApiTags('events')
@OpenRead()
@Controller('events')
export class EventsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly answers: HeldAnswers,
  ) {}

  /**
   * One page; every event that was committed before the first page of a walk appears in it exactly once. With `Accept`
   * of NDJSON or CSV the whole walk in one answer, as a stream.
   */
  @Get()
  @ApiOperation({
    summary: 'Events, newest first; as JSON by the page, as NDJSON or CSV all that match',
    description:
      'Order is `occurred_at`, then the id, then the type; descending, or ascending with `order=asc`. Follow `next_cursor` (or the header `Link: …; rel="next"`) with the same filters and order: the walk shows every event that was recorded before its first page exactly once, however many arrive meanwhile. Filters work together. With `Accept: application/x-ndjson` or `text/csv` the answer is the whole walk as a stream, or its first `limit` events; a connection that breaks before the end means that the file is not whole. In CSV a text that a spreadsheet could take for a formula has a `\'` in front; `bom=true` puts a byte order mark before it all. A page of JSON that would have more than about 4 MB ends before its `limit`, says so with `truncated_by`, and goes on at `next_cursor`; an event that is larger is a page of its own.',
  })
  @ApiAnswer(200, EventPage, {
    description: 'By `Accept`: a page, or a stream with an event per line.',
    content: {
      'application/x-ndjson': {
        schema: { type: 'string', description: 'A JSON object per line, with the fields of an event.' },
      },
      'text/csv': { schema: { type: 'string', description: 'RFC 4180 with a header; the fields of an event.' } },
    },
    headers: LINK_HEADER,
  })
  @ApiProblems(400, 503)
  async list(
    @Query() request: GetEventsRequest,
    @Req() { method, url, headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventPage | Readable> {
    const wanted = wantedBy(request);
    const { order, limit, cursor = null, bom } = request;
    const format = exportFormatOf(headers.accept, bom === 'true');
    const signal = clientGone(reply);
    void reply.header('vary', 'Accept');
    if (format) {
      // HEAD wants the headers; Fastify would read the whole stream to throw it away.
      const most = method === 'HEAD' ? 1 : (limit ?? null);
      const query = new ExportEventsQuery(wanted, { order, limit: most, cursor }, signal);
      const held = this.answers.hold(EXPORT_HELD_BYTES, reply);
      const stream = await exportStream(await this.queries.execute(query), format, () => held.taken());
      void reply.type(format.contentType);
      if (format.fileName) void reply.header('content-disposition', `attachment; filename="${format.fileName}"`);
      return stream;
    }
    const page = await this.queries.execute(
      new GetEventsQuery(wanted, { order, limit: limit ?? EVENTS_PER_PAGE, cursor }, signal),
    );
    linkNext(reply, { url }, page.next_cursor);
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
    schema: { type: 'string', minLength: 1, maxLength: MAX_EVENT_ID, example: 'order-1001' },
  })
  @ApiAnswer(200, Type.Union([EventView, EventsOfId]))
  @ApiProblems(400, 404, 503)
  async one(
    @Param('event_id') eventId: string,
    @Query() { event_type }: GetEventRequest,
  ): Promise<EventView | EventsOfId | undefined> {
    if (countCharacters(eventId) > MAX_EVENT_ID || !isStorableText(eventId)) {
      throw invalidRequest([
        { field: 'event_id', message: `must be 1 to ${MAX_EVENT_ID} characters, none of them U+0000` },
      ]);
    }
    const events = await this.queries.execute(new GetEventQuery(eventId, event_type ?? null));
    return event_type === undefined ? { events } : events[0];
  }
}

const wantedBy = ({
  event_type,
  user_id,
  session_id,
  page_url,
  label,
  interaction,
  from,
  to,
}: GetEventsRequest): EventsWanted => ({
  from: from ?? null,
  to: to ?? null,
  eventType: event_type ?? null,
  userId: user_id ?? null,
  sessionId: session_id ?? null,
  pageUrl: page_url ?? null,
  label: label ?? null,
  interaction: interaction ?? null,
});
