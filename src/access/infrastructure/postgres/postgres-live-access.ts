import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { Database } from '../../../platform/postgres/database.js';
import { KeptConnection } from '../../../platform/postgres/kept-connection.js';
import { LiveAccessReader, type LiveSecret, type StoredSession } from '../../application/live-access-reader.port.js';
import { LIVE_SECRETS, SESSIONS } from './access.sql.js';

/** Less than keys may go unread. */
const TIMEOUT_MS = 4_500;

/**
 * Reads keys and sessions over connections of its own: long queries must not keep a revoked key in force, nor a good one out. The second is opened
 * when the first is needed and busy: what hangs there must not hold up the next reading.
 */
@Injectable()
export class PostgresLiveAccess extends LiveAccessReader implements OnApplicationShutdown {
  private readonly first: KeptConnection;
  private readonly second: KeptConnection;

  constructor(
    private readonly database: Database,
    config: Config,
  ) {
    super();
    const address = () => config.current('DATABASE_URL') ?? undefined;
    this.first = new KeptConnection(address, 'access', TIMEOUT_MS);
    this.second = new KeptConnection(address, 'access', TIMEOUT_MS);
  }

  async secrets(): Promise<readonly LiveSecret[]> {
    await this.database.connect(); // the schema is there
    return this.connection.read<LiveSecret>({ text: LIVE_SECRETS });
  }

  async sessions(digests: readonly Buffer[]): Promise<readonly StoredSession[]> {
    return this.connection.read<StoredSession>({ text: SESSIONS, values: [digests] });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.first.close(), this.second.close()]);
  }

  private get connection(): KeptConnection {
    return this.first.isIdle || !this.second.isIdle ? this.first : this.second;
  }
}
