import type { IncomingHttpHeaders } from 'node:http';
import { errors, type Dispatcher } from 'undici';
import type { Caller } from '../../application/caller.js';
import type { JsonReader, Reading } from './read-json.js';
import { retryAfterMs } from './retry-after.js';
import { UpstreamFailure } from './upstream-failure.js';

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  /** Whether 404 means that there is nothing, and not that the address is wrong. */
  readonly absentIsNothing: boolean;
}

interface Exchange<Value> {
  readonly reader: JsonReader;
  readonly reading: Reading<Value>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** After these statuses the service would answer the same again. */
const FINAL = new Set([501, 505]);
/** An answer that is not looked at is read up to this, so that the connection can be used again. */
const DRAINED_BYTES = 16_384;
const DRAINED_MS = 500;

/** Errors that mean a wrong answer, and not a broken connection. */
const BROKEN_ANSWERS: Readonly<Record<string, ['too_large' | 'not_json', string]>> = {
  UND_ERR_HEADERS_OVERFLOW: ['too_large', 'its headers are too large'],
  HPE_INVALID_CONSTANT: ['not_json', 'it does not speak HTTP'],
  HPE_INVALID_VERSION: ['not_json', 'it does not speak HTTP'],
};

/**
 * Makes one request and something of its answer. Redirects are not followed. There is no body for 204, and for 404 where that
 * means that there is nothing.
 *
 * @throws {UpstreamFailure} @throws the signal's reason
 */
export async function exchange<Value>(
  dispatcher: Dispatcher,
  { method, path, body, absentIsNothing }: UpstreamRequest,
  caller: Caller,
  { reader, reading, now, signal }: Exchange<Value>,
): Promise<Value> {
  try {
    const headers = headersOf(caller, body !== undefined);
    const answer = await dispatcher.request({ method, path, headers, signal, ...(body === undefined ? {} : { body }) });
    // A body that is destroyed half-way emits an error, and nobody listens any longer.
    answer.body.on('error', () => undefined);
    const { statusCode: status } = answer;
    if (isWhole(status)) {
      return await reader.read(answer.body, answer.headers, reading, signal);
    }
    void answer.body
      .dump({ limit: DRAINED_BYTES, signal: AbortSignal.timeout(DRAINED_MS) })
      .catch(() => answer.body.destroy());
    if (status === 204 || (status === 404 && absentIsNothing)) return await reading(null, signal);
    throw failureOf(status, answer.headers, now());
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof UpstreamFailure ? error : failedConnection(error);
  }
}

/** 206 is a part of the list, which nobody asked for. */
const isWhole = (status: number) => status >= 200 && status < 300 && status !== 204 && status !== 206;

const headersOf = ({ authorization, requestId, traceparent }: Caller, hasBody: boolean): Record<string, string> => ({
  accept: 'application/json',
  'accept-encoding': 'gzip',
  ...(hasBody ? { 'content-type': 'application/json' } : {}),
  ...(authorization === null ? {} : { authorization }),
  ...(requestId === null ? {} : { 'x-request-id': requestId }),
  ...(traceparent === null ? {} : { traceparent }),
});

function failureOf(status: number, headers: IncomingHttpHeaders, now: number): UpstreamFailure {
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

function failedConnection(error: unknown): UpstreamFailure {
  const { code = '' } = error as { code?: string };
  const [reason, message] = BROKEN_ANSWERS[code] ?? [];
  if (reason) return new UpstreamFailure(reason, message ?? code, { cause: error });
  if (code.startsWith('Z_')) return new UpstreamFailure('not_json', 'the body cannot be unpacked', { cause: error });
  const what = error instanceof errors.UndiciError || code !== '' ? code : 'unknown';
  return new UpstreamFailure('refused', `the connection failed (${what})`, { retried: true, cause: error });
}
