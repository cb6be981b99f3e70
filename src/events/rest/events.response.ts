import { ApiProperty } from '@nestjs/swagger';
import type { EventPage } from '../application/get-events.query.js';
import type { EventView } from '../application/events-reader.port.js';
import { EVENT_TYPES, type EventType } from '../domain/incoming-event.js';

const text = (example: string, description?: string) =>
  ApiProperty({ type: 'string', nullable: true, example, ...(description ? { description } : {}) });

const fraction = (example: number, description: string) =>
  ApiProperty({ type: 'number', nullable: true, minimum: 0, maximum: 1, example, description });

const pixels = (example: number) =>
  ApiProperty({ type: 'integer', nullable: true, minimum: 0, maximum: 1_000_000, example, description: 'Pixels.' });

const time = (description: string) =>
  ApiProperty({ type: 'string', format: 'date-time', example: '2025-11-22T08:26:40.000Z', description });

export class EventResponse implements EventView {
  @ApiProperty({ example: 'order-1001', description: 'As the producer sent it; unique per event type.' })
  event_id!: string;

  @ApiProperty({ enum: EVENT_TYPES, enumName: 'EventType', example: 'click' })
  event_type!: EventType;

  @text('550e8400-e29b-41d4-a716-446655440000')
  user_id!: string | null;

  @text('sess_abc123')
  session_id!: string | null;

  @text('https://product.com/item/123', 'The same value as `page_url`.')
  url!: string | null;

  @text('https://product.com/item/123')
  page_url!: string | null;

  @time('When it happened, to the millisecond.')
  occurred_at!: string;

  @time('When the broker (publish time) or the service (HTTP) got it.')
  received_at!: string;

  @fraction(0.45, 'Position of the click as a fraction of the width of the document.')
  x!: number | null;

  @fraction(0.3, 'Position of the click as a fraction of the height of the document.')
  y!: number | null;

  @pixels(1440)
  viewport_width!: number | null;

  @pixels(900)
  viewport_height!: number | null;

  @pixels(350)
  scroll_y!: number | null;

  @text('Mozilla/5.0')
  user_agent!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    enum: ['cheers', 'hate', null],
    example: 'cheers',
    description: 'On a click: a vote of the live clicker.',
  })
  reaction!: string | null;

  @text('signup', 'On conversions.')
  conversion_type!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    pattern: '^\\d+\\.\\d{2,4}$',
    example: '19.90',
    description: 'On sales: a decimal with two to four decimals.',
  })
  amount!: string | null;

  @text('EUR', 'On sales: ISO 4217, `XXX` when the sale named none.')
  currency!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { campaign: 'autumn' },
    description: 'All other fields as they were sent; `{}` when there are none.',
  })
  properties!: Readonly<Record<string, unknown>>;
}

export class EventPageResponse implements EventPage {
  @ApiProperty({ type: [EventResponse], description: 'In the order that was asked for.' })
  events!: readonly EventResponse[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'MSAxNzYzODI0NjY5MDAwIDAxOWFhYzM2LTlkNDgtN2FiYy04ZGVmLTAxMjM0NTY3ODlhYiBzYWxl',
    description: 'Send it as `cursor` for the next page; null at the end.',
  })
  next_cursor!: string | null;
}

export class EventsOfIdResponse {
  @ApiProperty({ type: [EventResponse], description: 'One of each type that has this id.' })
  events!: readonly EventResponse[];
}
