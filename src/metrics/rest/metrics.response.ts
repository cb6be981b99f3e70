import { ApiProperty } from '@nestjs/swagger';
import { type Metrics, type Period, PERIODS } from '../application/get-metrics.query.js';

const count = (example: number, description: string) =>
  ApiProperty({ type: 'integer', minimum: 0, example, description });

class WindowResponse {
  @ApiProperty({ format: 'date-time', example: '2025-11-21T12:00:00.000Z', description: 'Not included.' })
  from!: string;

  @ApiProperty({ format: 'date-time', example: '2025-11-22T12:00:00.000Z', description: 'Included.' })
  to!: string;
}

export class MetricsResponse implements Metrics {
  @count(150, 'Clicks without a reaction.')
  total_clicks!: number;

  @count(15, 'Conversions.')
  total_conversions!: number;

  @count(10, 'Sales.')
  total_sales!: number;

  @ApiProperty({
    minimum: 0,
    example: 10,
    description: 'total_conversions ÷ total_clicks × 100, two decimals; 0 without clicks.',
  })
  conversion_rate!: number;

  @count(7, 'Clicks with a reaction: votes of the live clicker, not in total_clicks.')
  total_votes!: number;

  @ApiProperty({ enum: Object.keys(PERIODS), enumName: 'Period', example: '24h' })
  period!: Period;

  @ApiProperty({ description: 'What was counted: `(from, to]`, where `to` is the time of the request.' })
  window!: WindowResponse;

  @ApiProperty({
    example: true,
    description: 'False when the window reaches below what is kept, and was rounded outward to quarter-hours.',
  })
  exact!: boolean;
}
