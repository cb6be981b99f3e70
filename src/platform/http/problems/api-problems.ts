import { STATUS_CODES } from 'node:http';
import { applyDecorators } from '@nestjs/common';
import { ApiAnswer } from '../openapi/api-answer.js';
import { ProblemDetails } from './problem.answer.js';

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'A parameter or the body is wrong; `errors` names the fields.',
  403: '`forbidden_origin`: a page of another origin may not change anything.',
  404: 'There is none.',
  415: 'The body is no JSON by its Content-Type, or encoded in a way that is not understood.',
  503: '`database_unavailable`, `query_timeout`, `overloaded`, or `outcome_unknown` where something may be recorded; `Retry-After` says when to ask again.',
};

/** Documents the errors of a route. */
export const ApiProblems = (...statuses: number[]) =>
  applyDecorators(
    ...statuses.map((status) =>
      ApiAnswer(status, ProblemDetails, {
        description: MEANINGS[status] ?? STATUS_CODES[status] ?? '',
        mediaType: 'application/problem+json',
      }),
    ),
  );
