import { Injectable } from '@nestjs/common';
import { Database } from './database.js';

const NOW = `select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`;

/** PostgreSQL's clock, one for all replicas: whatever is deleted by its time, or kept from being written, goes by it. */
@Injectable()
export class DatabaseClock {
  constructor(private readonly database: Database) {}

  /** Epoch milliseconds. */
  async now(): Promise<number> {
    const { rows } = await this.database.writers().query<{ now: number }>(NOW);
    return Math.floor(rows[0]!.now);
  }
}
