import { ApiProperty } from '@nestjs/swagger';
import { EVENT_TYPES, type EventType } from '../../events/domain/incoming-event.js';
import type { TopPages } from '../application/get-top-pages.query.js';
import type { Period } from '../application/requested-window.js';
import { count, exactness, FreshnessResponse, percent, period, WindowResponse } from './answer-parts.js';

class TopPageResponse {
  @ApiProperty({ example: 'https://product.com/item/123' })
  page_url!: string;

  @count(120, 'Events of the type on this page.')
  events!: number;

  @percent(80, 'events ÷ total × 100, two decimals.')
  share!: number;
}

class RestOfPagesResponse {
  @count(3, 'Pages beyond the limit.')
  pages!: number;

  @count(30, 'Their events.')
  events!: number;
}

export class TopPagesResponse extends FreshnessResponse implements TopPages {
  @period()
  period!: Period | null;

  @ApiProperty({ description: 'What was counted: `(from, to]`.' })
  window!: WindowResponse;

  @exactness()
  exact!: boolean;

  @ApiProperty({ enum: ['facts'], example: 'facts', description: 'The events were counted one by one.' })
  computed_from!: 'facts';

  @ApiProperty({ enum: EVENT_TYPES, enumName: 'EventType', example: 'click' })
  event_type!: EventType;

  @count(150, 'Events of the type that name a page.')
  total!: number;

  @ApiProperty({ type: [TopPageResponse], description: 'Most events first; equal ones by address.' })
  pages!: readonly TopPageResponse[];

  @ApiProperty()
  rest!: RestOfPagesResponse;
}
