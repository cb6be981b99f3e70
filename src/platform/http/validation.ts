import { type ValidationError, ValidationPipe } from '@nestjs/common';
import type { BadField } from '../broken-rule.js';
import { Problem } from './problems/problem.js';

/** Checks query strings and cold bodies against their request class; unknown fields are dropped. */
export const validationPipe = () =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => invalidRequest(fieldErrors(errors)),
  });

/** A 400 that names each bad field and what it should be. */
export const invalidRequest = (errors: readonly BadField[]) =>
  new Problem(400, 'invalid_request', errors.map(({ field, message }) => `${field} ${message}`).join('; '), { errors });

const fieldErrors = (errors: readonly ValidationError[], path = ''): BadField[] =>
  errors.flatMap((error) => [
    ...Object.values(error.constraints ?? {}).map((message) => ({ field: `${path}${error.property}`, message })),
    ...fieldErrors(error.children ?? [], `${path}${error.property}.`),
  ]);
