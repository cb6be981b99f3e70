import type { Socket } from 'node:net';
import type { PoolClient } from 'pg';

/**
 * What is queried until the returned function is called leaves in one write: a system call and a wake-up of PostgreSQL
 * for each round trip instead of for each statement.
 */
export function holdBack(client: PoolClient): () => void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.cork();
  return () => stream.uncork();
}
