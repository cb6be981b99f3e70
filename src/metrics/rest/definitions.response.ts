import { ApiProperty } from '@nestjs/swagger';
import type { DEFINITIONS } from '../domain/definitions.js';

class DefinitionResponse<N extends string, D extends string, U extends string, R extends string> {
  @ApiProperty({ type: 'string', example: 'total_conversions', description: 'A field of the answer.' })
  numerator!: N;

  @ApiProperty({ type: 'string', example: 'total_clicks', description: 'A field of the answer.' })
  denominator!: D;

  @ApiProperty({ type: 'string', enum: ['percent', 'currency'], example: 'percent' })
  unit!: U;

  @ApiProperty({ type: 'string', example: 'half up, 2 decimals; 0 without clicks' })
  rounding!: R;
}

type Definitions = typeof DEFINITIONS;

/** What the rate of a series is. */
export class SeriesDefinitionsResponse {
  @ApiProperty({ type: DefinitionResponse })
  conversion_rate!: Definitions['conversion_rate'];
}

/** What each rate is: numerator ÷ denominator, × 100 where the unit is percent. */
export class DefinitionsResponse extends SeriesDefinitionsResponse {
  @ApiProperty({ type: DefinitionResponse })
  average_order_value!: Definitions['average_order_value'];

  @ApiProperty({ type: DefinitionResponse })
  user_conversion_rate!: Definitions['user_conversion_rate'];
}
