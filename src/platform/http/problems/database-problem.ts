import { DatabaseUnavailable } from '../../postgres/database-unavailable.js';
import { classify, OUT_OF_MEMORY, sqlState } from '../../postgres/sql-state.js';
import { Problem } from './problem.js';

const STATEMENT_CANCELLED = '57014';
const LOST_CONNECTION = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** `pg` and its pool raise these without a code. */
const LOST_CONNECTION_MESSAGE =
  /timeout exceeded when trying to connect|connection terminated|connection error and is not queryable|cannot use a pool after calling end/i;
const READ_TIMEOUT_MESSAGE = /^query read timeout$/i;

/** How long a client should wait before it asks again, seconds: a restart of PostgreSQL takes about one. */
const RETRY_AFTER_SECONDS = 2;

/** @returns the 503 that an error of PostgreSQL or of the way to it means; null when it is not one. */
export function databaseProblem(error: unknown): Problem | null {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : '';
  if (code === STATEMENT_CANCELLED || READ_TIMEOUT_MESSAGE.test(text)) {
    return unavailable(
      'query_timeout',
      'The query took longer than the service allows: narrow the time range with from and to, or add an event_type or user_id filter.',
    );
  }
  if (code === OUT_OF_MEMORY) {
    return unavailable(
      'database_unavailable',
      'PostgreSQL has no memory for the question, or no room for its locks, as its log says: try again shortly, or narrow the time range with from and to.',
    );
  }
  if (
    error instanceof DatabaseUnavailable ||
    (typeof code === 'string' && LOST_CONNECTION.has(code)) ||
    LOST_CONNECTION_MESSAGE.test(text) ||
    isFaultOfServer(error)
  ) {
    return unavailable('database_unavailable', 'The database is not available at the moment: try again shortly.');
  }
  return null;
}

/** An answer of PostgreSQL that says nothing about the data: shutting down, too many clients, wrong schema or credential. */
function isFaultOfServer(error: unknown): boolean {
  if (sqlState(error) === undefined) return false;
  const { fault, known } = classify(error);
  return known && fault !== 'data';
}

const unavailable = (code: string, detail: string) =>
  new Problem(503, code, detail, { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } });
