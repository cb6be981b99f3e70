import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../../platform/postgres/database-clock.js';
import { Database } from '../../../platform/postgres/database.js';
import { Turns } from '../../application/evaluation/turns.port.js';
import { TURN_MS } from '../../domain/watch.js';
import { CLAIM_TURN, TURN_DONE } from './evaluation.sql.js';

/** If the replica that claimed a turn died, the others wait this long. */
export const CLAIM_MS = 8_000;

/** Gives out turns by PostgreSQL's clock, which is one for all replicas. */
@Injectable()
export class PostgresTurns extends Turns {
  constructor(
    private readonly database: Database,
    private readonly clock: DatabaseClock,
  ) {
    super();
  }

  async claim(): Promise<number | null> {
    if (!this.database.isConnected) return null;
    const now = await this.clock.now();
    const turn = Math.floor(now / TURN_MS);
    const values = [turn, new Date(now + CLAIM_MS), new Date(now)];
    const { rowCount } = await this.database.writers().query(CLAIM_TURN, values);
    return rowCount === 1 ? turn : null;
  }

  async done(turn: number): Promise<void> {
    await this.database.writers().query(TURN_DONE, [turn]);
  }
}
