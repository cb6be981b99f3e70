import { ApiProperty } from '@nestjs/swagger';
import type { CountedFigures } from '../application/get-metrics.query.js';
import type { Change, Changes, RevenueChange } from '../domain/comparison.js';
import type { Revenue } from '../domain/figures.js';
import { count, currency, decimal, exactness, nullableNumber, WindowResponse } from './answer-parts.js';

class RevenueResponse implements Revenue {
  @currency()
  currency!: string;

  @count(10, 'Sales in this currency.')
  sales!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    minimum: 0,
    example: 10,
    description: 'Those that carry an amount; null where the window reaches below what is kept.',
  })
  sales_with_amount!: number | null;

  @decimal('199.00', 'Sum of their amounts.')
  amount!: string;

  @decimal('19.90', 'amount ÷ sales_with_amount, half up to 4 decimals; null without such sales.', true)
  average_order_value!: string | null;
}

class ReactionResponse {
  @ApiProperty({ example: 'cheers' })
  reaction!: string;

  @count(7, 'Clicks that carry it.')
  votes!: number;
}

export class FiguresResponse implements CountedFigures {
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
    description:
      'total_conversions ÷ total_clicks × 100, two decimals; 0 without clicks. Null only where a filter by event_type or label leaves one of the two out.',
  })
  conversion_rate!: number | null;

  @count(7, 'Clicks with a reaction: votes of the live clicker, not in total_clicks.')
  total_votes!: number;

  @ApiProperty({ type: [RevenueResponse], description: 'By currency.' })
  revenue!: readonly RevenueResponse[];

  @ApiProperty({ type: [ReactionResponse], description: 'Votes by reaction.' })
  reactions!: readonly ReactionResponse[];

  @ApiProperty({ description: 'What was counted: `(from, to]`.' })
  window!: WindowResponse;

  @exactness()
  exact!: boolean;
}

class ChangeResponse implements Change {
  @ApiProperty({ example: -5, description: 'Now minus before; of a rate in percentage points.' })
  absolute!: number;

  @nullableNumber(-25, 'Of the earlier figure, two decimals; null where that is 0.')
  percent!: number | null;
}

class RevenueChangeResponse implements RevenueChange {
  @currency()
  currency!: string;

  @decimal('-20.10', 'Now minus before.')
  absolute!: string;

  @nullableNumber(-9.17, 'Of the earlier amount, two decimals; null where that is 0.')
  percent!: number | null;
}

class ChangesResponse implements Changes {
  @ApiProperty()
  total_clicks!: ChangeResponse;

  @ApiProperty()
  total_conversions!: ChangeResponse;

  @ApiProperty()
  total_sales!: ChangeResponse;

  @ApiProperty({
    oneOf: [{ $ref: '#/components/schemas/ChangeResponse' }, { type: 'object', nullable: true, enum: [null] }],
    description: 'Null where conversion_rate is.',
  })
  conversion_rate!: ChangeResponse | null;

  @ApiProperty()
  total_votes!: ChangeResponse;

  @ApiProperty({ type: [RevenueChangeResponse] })
  revenue!: readonly RevenueChangeResponse[];
}

export class ComparisonResponse extends FiguresResponse {
  @ApiProperty({ description: 'From this window to the one asked for.' })
  changes!: ChangesResponse;
}
