import type { PoolClient } from 'pg';
import type { TestApplication } from './application.js';

/** A service in this process; whoever closes it is no matter here. */
type Service = Pick<TestApplication, 'database'>;

/** Calls back with the text of every statement that a writer sends. */
export function watchStatements(service: Service, seen: (text: string) => void): void {
  wrapQueries(service, (query, text) => {
    seen(text);
    return query();
  });
}

/** The statement reaches the server and is answered; the client sees a lost connection. */
export function breakAfter(service: Service, text: string, when: () => boolean): void {
  wrapQueries(service, async (query, sent) => {
    const result = await query();
    if (sent === text && when()) throw new Error('Connection terminated unexpectedly');
    return result;
  });
}

export function breakBefore(service: Service, text: string, when: () => boolean): void {
  wrapQueries(service, (query, sent) =>
    sent === text && when() ? Promise.reject(new Error('Connection terminated unexpectedly')) : query(),
  );
}

/** Sends the statement, or another one in its place. */
type Query = (instead?: string) => Promise<unknown>;

export function wrapQueries(service: Service, wrap: (query: Query, text: string) => Promise<unknown>): void {
  const pool = service.database.writers();
  const connect = pool.connect.bind(pool) as (...parameters: unknown[]) => Promise<PoolClient>;
  pool.connect = (async (...callback: unknown[]) => {
    if (callback.length > 0) return connect(...callback); // pool.query: not a recording transaction
    const client = await connect();
    const own = Object.getPrototypeOf(client) as { query: (...parameters: unknown[]) => Promise<unknown> };
    client.query = ((...parameters: unknown[]) =>
      wrap(
        (instead) => own.query.apply(client, instead ? [instead] : parameters),
        textOf(parameters[0]),
      )) as typeof client.query;
    return client;
  }) as typeof pool.connect;
}

const textOf = (statement: unknown): string =>
  typeof statement === 'string' ? statement : (statement as { text: string }).text;
