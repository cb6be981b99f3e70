import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Max, Min, ValidateBy } from 'class-validator';
import { countCharacters } from '../../events/domain/characters.js';
import { REASON_CODES, type RejectionReason } from '../../events/domain/rejection.js';
import {
  ChoiceParameter,
  IntegerParameter,
  TextParameter,
  TimeParameter,
} from '../../platform/http/query-parameters.js';
import { DEAD_LETTER_STATES, type DeadLetterState } from '../domain/dead-letter-state.js';

const MOST_REPLAYED = 10_000;
const LONGEST_TOPIC = 1024;
const CURSOR_EXAMPLE = 'MSAxNzYzODA5MjAwMDAwIDAxOWFhYjRjLTNlODAtN2FiYy04ZGVmLTAxMjM0NTY3ODlhYg';

export class GetDeadLettersRequest {
  @ChoiceParameter(REASON_CODES, { description: 'Only letters with this reason.', example: 'schema' })
  reason?: RejectionReason;

  @TextParameter({
    max: LONGEST_TOPIC,
    description: 'Only letters of this topic: short or full name.',
    example: 'clicks',
  })
  topic?: string;

  @ChoiceParameter(DEAD_LETTER_STATES, { description: 'Only letters in this state.', example: 'open' })
  state?: DeadLetterState;

  @TimeParameter({
    description: 'Only letters first seen later than this: RFC 3339 with offset, or epoch milliseconds.',
    example: '2025-11-22T00:00:00.000Z',
  })
  from?: string;

  @TimeParameter({
    description: 'Only letters first seen up to this, included: RFC 3339 with offset, or epoch milliseconds.',
    example: '2025-11-23T00:00:00.000Z',
  })
  to?: string;

  @IntegerParameter({ min: 1, max: 1000, default: 50, description: 'Letters per page.', example: 50 })
  limit = 50;

  @TextParameter({
    max: 200,
    description: 'The `next_cursor` of the answer before, with the same filters: the next older page.',
    example: CURSOR_EXAMPLE,
  })
  cursor?: string;
}

export class ReplayDeadLettersRequest {
  @ApiProperty({ enum: REASON_CODES, enumName: 'RejectionReason', example: 'timestamp_range' })
  @IsIn(REASON_CODES, { message: `must be one of ${REASON_CODES.join(', ')}` })
  reason!: RejectionReason;

  @ApiPropertyOptional({
    type: 'string',
    nullable: true,
    minLength: 1,
    maxLength: LONGEST_TOPIC,
    example: 'clicks',
    description: 'Only letters of this topic: short or full name.',
  })
  @IsOptional()
  @IsString({ message: 'must be the name of a topic' })
  @ValidateBy({
    name: 'topicLength',
    validator: {
      validate: (value) => typeof value !== 'string' || (value !== '' && countCharacters(value) <= LONGEST_TOPIC),
      defaultMessage: () => `must have 1 to ${LONGEST_TOPIC} characters`,
    },
  })
  topic?: string | null;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: MOST_REPLAYED,
    default: 1000,
    example: 1000,
    description: 'Letters tried, at most.',
  })
  @IsOptional()
  @IsInt({ message: `must be a whole number from 1 to ${MOST_REPLAYED}` })
  @Min(1, { message: 'must be at least 1' })
  @Max(MOST_REPLAYED, { message: `must be at most ${MOST_REPLAYED}` })
  limit?: number | null;

  @ApiPropertyOptional({
    type: 'string',
    nullable: true,
    minLength: 1,
    maxLength: 200,
    example: CURSOR_EXAMPLE,
    description: 'The `next_cursor` of the answer before, with the same filters: goes on after its last letter.',
  })
  @IsOptional()
  @IsString({ message: 'must be the next_cursor of an earlier answer' })
  cursor?: string | null;
}
