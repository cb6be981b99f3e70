import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { PoolClient } from 'pg';
import type { Database } from './database.js';
import { sqlState } from './sql-state.js';

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Runs `work` in a transaction while nobody else holds an advisory lock, not even shared. It waits for its turn 200 ms at most and
 * then steps back: a waiting exclusive lock stops everybody who would share it.
 *
 * @param stopping ends the waiting.
 */
export function exclusiveTurn<T>(
  database: Database,
  lock: number,
  work: (client: PoolClient) => Promise<T>,
  stopping?: AbortSignal,
): Promise<T> {
  const turns = retry(
    handleWhen((error) => sqlState(error) === LOCK_NOT_AVAILABLE),
    { maxAttempts: 100, backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 2_000 }) },
  );
  return turns.execute(
    () =>
      database.transaction(async (client) => {
        await client.query(`set local lock_timeout = '200ms'`);
        await client.query('select pg_advisory_xact_lock($1)', [lock]);
        return work(client);
      }),
    stopping,
  );
}
