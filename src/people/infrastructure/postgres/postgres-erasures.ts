import { Injectable } from '@nestjs/common';
import { Erasures } from '../../../events/application/erasures.port.js';
import { type Erasure, ErasureLog } from '../../../events/domain/content/erasure-log.js';
import { Config } from '../../../platform/config/config.js';
import { Database } from '../../../platform/postgres/database.js';
import { ErasureKey } from '../../application/erasure-key.js';
import { READ_LOG } from './erasures.sql.js';

/** Holds the log in memory, and reads it again when a transaction finds that it has changed. */
@Injectable()
export class PostgresErasures extends Erasures {
  private readonly key: ErasureKey;
  private fingerprint: string | null = null;
  private reading: Promise<void> | null = null;
  readonly log = new ErasureLog((userId) => this.key.fitting(this.fingerprint).of(userId));

  constructor(
    private readonly database: Database,
    config: Config,
  ) {
    super();
    this.key = new ErasureKey(config);
  }

  /**
   * One reading runs at a time. A caller who comes meanwhile waits for one of its own, because the one that runs might miss
   * what the caller needs.
   */
  async refresh(): Promise<void> {
    while (this.reading !== null) await this.reading.catch(() => undefined);
    this.reading = this.read().finally(() => (this.reading = null));
    await this.reading;
  }

  private async read(): Promise<void> {
    const rows = await this.rows(this.log.version);
    const { version } = rows[0]!;
    // A restored database may know less than before. Then the log is read anew, because events of persons whom this database
    // does not know as erased must not lose their person.
    if (version < this.log.version) {
      this.log.forget();
      return this.take(await this.rows(0));
    }
    this.take(rows);
  }

  private take(rows: readonly LogRow[]): void {
    const { version, key } = rows[0]!;
    this.fingerprint = key;
    this.log.take(
      rows.filter((row): row is LogRow & Erasure => row.person !== null),
      version,
    );
  }

  private async rows(version: number): Promise<readonly LogRow[]> {
    const { rows } = await this.database.writers().query<LogRow>(READ_LOG, [version]);
    return rows;
  }
}

interface LogRow {
  readonly version: number;
  readonly key: string | null;
  readonly person: string | null;
  readonly idBytes: number | null;
  readonly erasedAt: number | null;
}
