import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, ValidateBy } from 'class-validator';
import { IntegerParameter, TextParameter, TimeParameter } from '../../platform/http/query-parameters.js';

const MOST_FACTS = 5_000;
const SINCE = 'Only events that happened then or later: RFC 3339 with offset, or epoch milliseconds.';
const SINCE_EXAMPLE = '2025-11-22T00:00:00.000Z';

export class GetFactsRequest {
  @TextParameter({
    max: 1024,
    description: 'The `next_cursor` of the page before, or the `watermark` of the last walk.',
    example: 'MSA3NTc2MTM4NzkwMTIzNDU2Nzg5IDAwMDAwMDAxIDc1MSA9IC0gLSAt',
  })
  readonly cursor?: string;

  @TimeParameter({ description: SINCE, example: SINCE_EXAMPLE })
  readonly since?: string;

  @IntegerParameter({ min: 1, max: MOST_FACTS, default: 1_000, description: 'Facts of a page.', example: 1_000 })
  readonly limit: number = 1_000;
}

export class StartMergeRequest {
  @ApiProperty({ type: 'string', example: 'b', description: 'The region to merge into this one, as REGIONS names it.' })
  @IsString({ message: 'must be the name of a region' })
  readonly from!: string;

  @ApiPropertyOptional({
    oneOf: [
      { type: 'string', format: 'date-time' },
      { type: 'integer', description: 'epoch milliseconds' },
    ],
    example: SINCE_EXAMPLE,
    description: `${SINCE} They are read again, whatever was merged before.`,
  })
  @IsOptional()
  @ValidateBy({
    name: 'time',
    validator: {
      validate: (value) => typeof value === 'number' || (typeof value === 'string' && value.length <= 64),
      defaultMessage: () => 'must be RFC 3339 with offset, or epoch milliseconds',
    },
  })
  readonly since?: string | number | null;

  @ApiPropertyOptional({
    type: 'boolean',
    nullable: true,
    default: false,
    example: false,
    description: 'Say what would become of each fact, and record nothing.',
  })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  readonly dry_run?: boolean | null;
}
