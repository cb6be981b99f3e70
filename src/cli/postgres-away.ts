import { sqlState } from '../platform/postgres/sql-state.js';

/** PostgreSQL cannot be reached, or does not let us in. The message says why in one line. */
export class PostgresAway extends Error {
  override readonly name = 'PostgresAway';
}

/** By class of SQLSTATE: connection, password, database, too many connections, shutdown. */
const REFUSED = /^(08|28|3D|53|57)/;
/** By message, where the driver gives no code. */
const BROKEN =
  /^(connection terminated|client has encountered a connection error|timeout e\w+( when trying to connect)?$)/i;

/** Does something with PostgreSQL. @throws PostgresAway where the connection is to blame; every other error as it is */
export async function usingPostgres<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = whyAway(error);
    if (why === null) throw error;
    throw new PostgresAway(`PostgreSQL cannot be used: ${why}.`, { cause: error });
  }
}

function whyAway(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  // A name with several addresses: each of them was tried.
  if (error instanceof AggregateError && error.errors.length > 0) {
    const reasons = error.errors.map(whyAway);
    return reasons.includes(null) ? null : reasons.join('; ');
  }
  const { syscall, code } = error as NodeJS.ErrnoException;
  const isAway =
    ['connect', 'getaddrinfo'].includes(syscall ?? '') ||
    code === 'ECONNRESET' ||
    REFUSED.test(sqlState(error) ?? '') ||
    BROKEN.test(error.message);
  return isAway ? error.message.replace(/\s+/g, ' ') : null;
}
