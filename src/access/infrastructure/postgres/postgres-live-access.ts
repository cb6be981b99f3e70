import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { Database } from '../../../platform/postgres/database.js';
import { KeptConnection } from '../../../platform/postgres/kept-connection.js';
import { LiveAccessReader, type LiveSecret, type StoredSession } from '../../application/live-access-reader.port.js';
import { LIVE_SECRETS, SESSIONS } from './access.sql.js';

/** Less than keys may go unread; but a process that gets no processor must not take an answer that waits for it for none. */
const TIMEOUT_MS = 4_500;

/** Over a connection of its own: long queries must not keep a revoked key in force, nor a good one out. */
@Injectable()
export class PostgresLiveAccess extends LiveAccessReader implements OnApplicationShutdown {
  private readonly connection: KeptConnection;

  constructor(
    private readonly database: Database,
    config: Config,
  ) {
    super();
    this.connection = new KeptConnection(() => config.current('DATABASE_URL') ?? undefined, 'access', TIMEOUT_MS);
  }

  async secrets(): Promise<readonly LiveSecret[]> {
    await this.database.connect(); // the schema is there
    return this.connection.read<LiveSecret>({ text: LIVE_SECRETS });
  }

  async sessions(digests: readonly Buffer[]): Promise<readonly StoredSession[]> {
    return this.connection.read<StoredSession>({ text: SESSIONS, values: [digests] });
  }

  onApplicationShutdown(): Promise<void> {
    return this.connection.close();
  }
}
