import { STATUS_CODES } from 'node:http';
import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiPropertyOptional, ApiResponse, getSchemaPath } from '@nestjs/swagger';

class FieldErrorResponse {
  @ApiProperty({ example: 'limit', description: 'Query parameter, or JSON path in the body.' })
  field!: string;

  @ApiProperty({ example: 'must be a whole number from 1 to 1000', description: 'What it should be.' })
  message!: string;
}

/** RFC 9457 problem details, as documented; `Problem.toBody` makes it. */
export class ProblemResponse {
  @ApiProperty({ example: 'about:blank' })
  type!: string;

  @ApiProperty({ example: 'Bad Request', description: 'The phrase of the status.' })
  title!: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, example: 400 })
  status!: number;

  @ApiProperty({
    example: 'limit must be a whole number from 1 to 1000',
    description: 'What is wrong and how to mend it.',
  })
  detail!: string;

  @ApiProperty({ example: 'invalid_request', description: 'Stable, for programs.' })
  code!: string;

  @ApiProperty({
    example: '3f0f2b0e-6f0e-4b59-9a3c-6a7f7d2f8c11',
    description: 'Also in the header X-Request-Id and in the log.',
  })
  request_id!: string;

  @ApiPropertyOptional({ type: [FieldErrorResponse], description: 'The bad fields, where fields are to blame.' })
  errors?: FieldErrorResponse[];
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'A parameter or the body is wrong; `errors` names the fields.',
  404: 'There is none.',
  503: '`database_unavailable`, `query_timeout` or `overloaded`; `Retry-After` says when to ask again.',
};

/** Documents the errors of a route. */
export const ApiProblems = (...statuses: number[]) =>
  applyDecorators(
    ApiExtraModels(ProblemResponse),
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: MEANINGS[status] ?? STATUS_CODES[status] ?? '',
        content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemResponse) } } },
      }),
    ),
  );
