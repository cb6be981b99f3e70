import type { Socket } from 'node:net';
import type { PoolClient } from 'pg';

/**
 * Holds back queries until the returned function is called, so that they leave in one write. This costs one system call and
 * one wake-up of PostgreSQL for each round trip, instead of one for each statement.
 */
export function holdBack(client: PoolClient): () => void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.cork();
  return () => stream.uncork();
}
