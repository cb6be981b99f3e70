import type { Client } from 'pg';
import { EVENTS_LOCKS } from '../../src/events/events.locks.js';
import { eventually } from './waiting.js';

const IS_BUILT = `
select to_regclass('events_tx_idx') is null and not exists (
  select from pg_locks where locktype = 'advisory' and objid = $1 and database = (select oid from pg_database where datname = current_database())
) as built`;

/**
 * Waits until the service's first turn of housekeeping has replaced the older index of transactions, and holds its lock no
 * longer. As long as it builds, \`TransactionIndex.build\` does nothing, and PostgreSQL may read by the older index.
 */
export async function transactionIndexIsBuilt(sql: Client): Promise<void> {
  const isBuilt = async () =>
    (await sql.query<{ built: boolean }>(IS_BUILT, [EVENTS_LOCKS.transactionIndex])).rows[0]!.built;
  await eventually(isBuilt, { within: 20_000, what: 'the index of transactions is built' });
}
