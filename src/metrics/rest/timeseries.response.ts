import { ApiProperty } from '@nestjs/swagger';
import type { Point, Timeseries } from '../application/get-timeseries.query.js';
import type { Period } from '../application/requested-window.js';
import { INTERVALS, type Interval } from '../domain/buckets.js';
import {
  count,
  currency,
  decimal,
  exactness,
  FreshnessResponse,
  period,
  source,
  time,
  WindowResponse,
} from './answer-parts.js';
import { SeriesDefinitionsResponse } from './definitions.response.js';

class BucketRevenueResponse {
  @currency()
  currency!: string;

  @decimal('19.90', 'Sum of the amounts of the sales.')
  amount!: string;
}

class PointResponse implements Point {
  @time('2025-11-22T08:00:00.000+01:00', "Where the bucket begins, with the zone's offset.")
  time!: string;

  @ApiProperty({
    example: false,
    description:
      'The window covers only a part of the bucket: the figures are of that part. An event at the very end of a window that ends where a bucket begins is counted in the point before.',
  })
  partial!: boolean;

  @count(150, 'Clicks without a reaction.')
  total_clicks!: number;

  @count(15, 'Conversions.')
  total_conversions!: number;

  @count(10, 'Sales.')
  total_sales!: number;

  @ApiProperty({
    type: 'number',
    nullable: true,
    minimum: 0,
    example: 10,
    description: 'As in /metrics, of this bucket.',
  })
  conversion_rate!: number | null;

  @count(7, 'Clicks with a reaction.')
  total_votes!: number;

  @ApiProperty({ type: [BucketRevenueResponse], description: 'By currency; none without sales.' })
  revenue!: readonly BucketRevenueResponse[];
}

export class TimeseriesResponse extends FreshnessResponse implements Timeseries {
  @period()
  period!: Period | null;

  @ApiProperty({ description: 'What was counted: `(from, to]`.' })
  window!: WindowResponse;

  @exactness()
  exact!: boolean;

  @ApiProperty({ enum: Object.keys(INTERVALS), example: 'hour' })
  interval!: Interval;

  @ApiProperty({ example: 'Europe/Madrid', description: 'As IANA writes the name that was asked for.' })
  tz!: string;

  @source()
  computed_from!: 'projections' | 'facts';

  @ApiProperty()
  definitions!: SeriesDefinitionsResponse;

  @ApiProperty({ type: [PointResponse], description: 'Oldest first, none left out.' })
  points!: readonly PointResponse[];
}
