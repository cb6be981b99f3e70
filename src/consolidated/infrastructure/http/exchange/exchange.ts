import type { Dispatcher } from 'undici';
import { inTurns } from '../../../../platform/turns/in-turns.js';
import type { Caller } from '../../../application/caller.js';
import { arrivedAnswer } from './arriving-answer.js';
import type { AnswerHeaders, AnswerBodies, Reading } from './answer-body.js';
import { retryAfterMs } from './retry-after.js';
import { UpstreamFailure } from '../upstream-failure.js';

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string | null;
  /** Whether 404 means that there is nothing, and not that the address is wrong. */
  readonly absentIsNothing: boolean;
}

interface Exchange<Value> {
  readonly bodies: AnswerBodies;
  readonly reading: Reading<Value>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** After these statuses the service would answer the same again. */
const FINAL = new Set([501, 505]);

/**
 * Makes one request and something of its answer. Redirects are not followed. There is no body for 204, and for 404 where that
 * means that there is nothing.
 *
 * @throws {UpstreamFailure} @throws the signal's reason @throws the error that the reading fails with
 */
export async function exchange<Value>(
  dispatcher: Dispatcher,
  { method, path, body, absentIsNothing }: UpstreamRequest,
  caller: Caller,
  { bodies, reading, now, signal }: Exchange<Value>,
): Promise<Value> {
  const request = { method, path, headers: headersOf(caller, body !== null), body };
  const holding = bodies.holding();
  try {
    const { status, headers, hasBody } = await arrivedAnswer(dispatcher, request, holding, signal);
    if (hasBody) return await inTurns(reading(holding.text()), signal);
    if (status === 204 || (status === 404 && absentIsNothing)) return await inTurns(reading(null), signal);
    throw failureOf(status, headers, now());
  } finally {
    holding.end();
  }
}

const headersOf = ({ authorization, requestId, traceparent }: Caller, hasBody: boolean): Record<string, string> => ({
  accept: 'application/json',
  'accept-encoding': 'gzip',
  ...(hasBody ? { 'content-type': 'application/json' } : {}),
  ...(authorization === null ? {} : { authorization }),
  ...(requestId === null ? {} : { 'x-request-id': requestId }),
  ...(traceparent === null ? {} : { traceparent }),
});

function failureOf(status: number, headers: AnswerHeaders, now: number): UpstreamFailure {
  if (status >= 300 && status < 400) {
    return new UpstreamFailure('redirect', `status ${status}: redirects are not followed`);
  }
  const wait = retryAfterMs(headers['retry-after'], now);
  if (status === 429) {
    // Other callers may be within their limits.
    return new UpstreamFailure('rate_limited', 'status 429', { retried: true, counted: false, retryAfterMs: wait });
  }
  const fault = status >= 500;
  const retried = fault && !FINAL.has(status);
  return new UpstreamFailure('status', `status ${status}`, {
    retried,
    counted: fault,
    retryAfterMs: fault ? wait : 0,
    wantsCredentials: status === 401 || status === 403,
  });
}
