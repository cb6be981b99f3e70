import type { Pool, QueryConfig, QueryResult, QueryResultRow } from 'pg';

/**
 * Runs one statement until the signal aborts; then it is cancelled, and the promise rejects with the signal's reason.
 *
 * @param cancel cancels what the backend with this id runs; never rejects.
 */
export async function readUntilAborted<Row extends QueryResultRow>(
  pool: Pool,
  statement: QueryConfig,
  signal: AbortSignal,
  cancel: (pid: number) => Promise<void>,
): Promise<Row[]> {
  signal.throwIfAborted();
  const client = await pool.connect();
  let cancelled = null as Promise<void> | null;
  let failure: Error | undefined;
  const abort = () => {
    cancelled = cancel((client as unknown as { processID: number }).processID);
  };
  try {
    signal.throwIfAborted();
    signal.addEventListener('abort', abort, { once: true });
    return rowsOf(await client.query<Row>(statement));
  } catch (error) {
    signal.throwIfAborted();
    failure = isStatementError(error) ? undefined : (error as Error);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    // A cancel can arrive after its statement has ended: it must find no other statement on this connection.
    await cancelled;
    client.release(failure ?? cancelled !== null);
  }
}

/**
 * The rows, taken out of pg's result. Each query that was under way during one collection of young objects is still reachable in
 * the next (with the promise or the time-out of pg's `query`; with neither it is not), so its result goes to the old ones and
 * stays until a full collection: an export of 1 M events grew the process by 120 MB of pages that were long sent.
 */
export const rowsOf = <Row extends QueryResultRow>({ rows }: QueryResult<Row>): Row[] => rows.splice(0);

/** PostgreSQL refused the statement; the connection itself is fit for use. */
const isStatementError = (error: unknown) => (error as { severity?: unknown }).severity === 'ERROR';
