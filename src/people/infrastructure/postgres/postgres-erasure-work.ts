import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import { Config } from '../../../platform/config/config.js';
import { Database } from '../../../platform/postgres/database.js';
import { ErasureKey } from '../../application/erasure-key.js';
import { type ErasureClaim, ErasureWork } from '../../application/erasing/erasure-work.port.js';
import { PEOPLE_LOCKS } from '../../people.locks.js';
import { IS_OPEN } from './erasures.sql.js';
import { PostgresErasureClaim } from './postgres-erasure-claim.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** The users of a week of events, from their index. */
const STATEMENT_TIMEOUT_MS = 600_000;

/**
 * It runs on a connection of its own, which holds the lock, because the connections of the pool record meanwhile. If the
 * process is killed, PostgreSQL closes the connection and frees the lock.
 */
@Injectable()
export class PostgresErasureWork extends ErasureWork {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly key: ErasureKey,
  ) {
    super();
  }

  async claim(): Promise<ErasureClaim | null> {
    const { rows: found } = await this.database.writers().query<{ open: boolean }>(IS_OPEN);
    if (!found[0]?.open) return null;
    const client = new Client({
      connectionString: this.config.current('DATABASE_URL') ?? undefined,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      application_name: 'monitoreo-erasing',
      options: '-c timezone=UTC',
    });
    // Between two statements nobody else hears this error. The next statement fails, and ends the work.
    client.on('error', () => undefined);
    const end = () => client.end().catch(() => undefined); // the connection may be closed already, and its lock with it
    try {
      await client.connect();
      const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
        PEOPLE_LOCKS.erasing,
      ]);
      if (rows[0]?.locked) return new PostgresErasureClaim(client, this.database, this.key, end);
    } catch (error) {
      await end();
      throw error;
    }
    await end();
    return null;
  }
}
