import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { PoolClient } from 'pg';
import { EVENTS_LOCKS } from '../../../events.locks.js';
import type { Database } from '../../../../platform/postgres/database.js';
import { sqlState } from '../../../../platform/postgres/sql-state.js';

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Runs `work` in a transaction while no recording transaction is under way. It waits for its turn 200 ms at most and
 * then steps back: a waiting exclusive lock stops every later writer.
 *
 * @param stopping ends the waiting.
 */
export function exclusiveTurn<T>(
  database: Database,
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
        await client.query('select pg_advisory_xact_lock($1)', [EVENTS_LOCKS.recording]);
        return work(client);
      }),
    stopping,
  );
}
