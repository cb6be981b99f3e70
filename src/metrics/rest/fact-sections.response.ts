import { ApiProperty } from '@nestjs/swagger';
import type {
  AmountsSection,
  CurrencyAmounts,
  FromFacts,
  TypesSection,
  UsersSection,
} from '../application/fact-sections.js';
import { count, currency, decimal, exactness, percent, time, WindowResponse } from './answer-parts.js';

class FromFactsResponse implements FromFacts {
  @ApiProperty({ enum: ['facts'], example: 'facts', description: 'The events were counted one by one.' })
  computed_from!: 'facts';

  @time('2025-11-22T12:00:00.123Z', 'When they were counted: the answer is kept for a while.')
  as_of!: string;

  @ApiProperty({ description: 'What was counted: `(from, to]`.' })
  window!: WindowResponse;

  @exactness()
  exact!: boolean;
}

export class UsersResponse extends FromFactsResponse implements UsersSection {
  @count(60, 'Distinct users with any event.')
  any!: number;

  @count(50, 'Distinct users with a click that is no vote.')
  click!: number;

  @count(5, 'Distinct users with a vote.')
  vote!: number;

  @count(12, 'Distinct users with a conversion.')
  conversion!: number;

  @count(9, 'Distinct users with a sale.')
  sale!: number;

  @count(10, 'Distinct users with both a click and a conversion.')
  clicked_and_converted!: number;

  @percent(20, 'clicked_and_converted ÷ click × 100, two decimals; 0 without such users.')
  user_conversion_rate!: number;
}

class AmountBucketResponse {
  @decimal('10.00', 'Included.')
  from!: string;

  @decimal('20.00', 'Not included.', true)
  to!: string | null;

  @count(8, 'Sales with an amount in between.')
  sales!: number;
}

class CurrencyAmountsResponse implements CurrencyAmounts {
  @currency()
  currency!: string;

  @count(10, 'Sales that carry an amount.')
  sales!: number;

  @decimal('19.90', 'Half of the sales are at most this: nearest rank, an amount that was paid.')
  p50!: string;

  @decimal('49.00', '95 of 100 sales are at most this.')
  p95!: string;

  @decimal('99.00', '99 of 100 sales are at most this.')
  p99!: string;

  @ApiProperty({
    type: [AmountBucketResponse],
    description:
      'Bounds are 0, then 1, 2 and 5 of each power of ten from 0.01; from the lowest to the highest sale, empty buckets included.',
  })
  histogram!: readonly AmountBucketResponse[];
}

export class AmountsResponse extends FromFactsResponse implements AmountsSection {
  @ApiProperty({ type: [CurrencyAmountsResponse] })
  currencies!: readonly CurrencyAmountsResponse[];
}

class ConversionTypeResponse {
  @ApiProperty({ type: 'string', nullable: true, example: 'signup', description: 'Null: the conversion named none.' })
  conversion_type!: string | null;

  @count(15, 'Conversions of this type.')
  conversions!: number;
}

class RestOfTypesResponse {
  @count(0, 'Types beyond the first 50.')
  types!: number;

  @count(0, 'Their conversions.')
  conversions!: number;
}

export class TypesResponse extends FromFactsResponse implements TypesSection {
  @count(15, 'All conversions.')
  total_conversions!: number;

  @ApiProperty({ type: [ConversionTypeResponse], description: 'At most 50, most conversions first.' })
  types!: readonly ConversionTypeResponse[];

  @ApiProperty()
  rest!: RestOfTypesResponse;
}
