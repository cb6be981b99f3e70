import { STATUS_CODES } from 'node:http';
import type { BadField } from '../../broken-rule.js';
import type { ProblemDetails } from './problem.answer.js';

interface More {
  readonly errors?: readonly BadField[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Members beside the standard ones, e.g. `results` of a batch. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** An answer that is an error, RFC 9457. Thrown by controllers; rules of the domain throw a `BrokenRule` instead. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    /** HTTP status, 400 to 599. */
    readonly status: number,
    /** Stable, for programs: `snake_case`. */
    readonly code: string,
    /** Tells people what is wrong and how to mend it. It never holds a stack, SQL or a secret. */
    readonly detail: string,
    readonly more: More = {},
  ) {
    super(`${code}: ${detail}`);
  }

  toBody(requestId: string): ProblemDetails {
    return {
      // RFC 9457: no page describes the type; `code` tells the cases apart, the title is the status phrase.
      type: 'about:blank',
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.detail,
      code: this.code,
      request_id: requestId,
      ...(this.more.errors ? { errors: this.more.errors } : {}),
      ...this.more.extensions,
    };
  }
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** @param older whether the route has the errors of its older clients */
export const contentTypeOf = (older: boolean): string =>
  older ? 'application/json; charset=utf-8' : PROBLEM_CONTENT_TYPE;

/** @param older whether the route has the errors of its older clients */
export const bodyOf = (problem: Problem, requestId: string, older: boolean): object =>
  older ? { status: 'error', message: problem.detail } : problem.toBody(requestId);
