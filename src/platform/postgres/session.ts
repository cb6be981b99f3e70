import type { ClientBase, Pool, PoolClient } from 'pg';
import { sqlState } from './sql-state.js';

/** @returns whether the connection is as clean as before the work that failed on it. Never rejects. */
export type Undo = (client: ClientBase, error: unknown) => Promise<boolean>;

/**
 * Holds a connection for this work alone. When the work fails, the connection is closed and never serves again, and with it
 * go its transaction, its settings and its locks; unless `undo` makes it clean again.
 */
export async function session<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  undo: Undo = () => Promise.resolve(false),
): Promise<T> {
  const client = await pool.connect();
  let clean = false;
  try {
    const result = await work(client);
    clean = true;
    return result;
  } catch (error) {
    clean = await undo(client, error);
    throw error;
  } finally {
    client.release(!clean);
  }
}

/** Does the work between BEGIN and COMMIT. If it fails, the transaction is left as it is: `rollBack` ends it. */
export async function transaction<Client extends ClientBase, T>(
  client: Client,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  await client.query('begin');
  const result = await work(client);
  await client.query('commit');
  return result;
}

/** @returns whether it ended; false when the connection broke meanwhile. The caller reports the earlier error */
export async function rollBack(client: ClientBase): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}

/**
 * Rolls back a transaction that PostgreSQL itself refused to go on with. An error without a SQLSTATE means that the
 * connection broke or timed out. Then nobody knows the state of the transaction, so the connection is closed.
 */
export const undoTransaction: Undo = async (client, error) => sqlState(error) !== undefined && rollBack(client);
