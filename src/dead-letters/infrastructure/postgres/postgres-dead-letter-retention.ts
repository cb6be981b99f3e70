import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { Database } from '../../../platform/postgres/database.js';
import { DeadLetterRetention } from '../../application/dead-letter-retention.port.js';
import { DEAD_LETTERS_VARIABLES } from '../../dead-letters.variables.js';
import { PURGE_OPEN, PURGE_REPLAYED } from './dead-letters.sql.js';

const DAY_MS = 86_400_000;
/** Long enough to look up what was done; the event itself is recorded. */
const REPLAYED_KEPT_DAYS = 30;
/** 200 letters of 5 MB are 1 GB to mark as dead: about what a statement may take. */
const DELETED_AT_ONCE = 200;

@Injectable()
export class PostgresDeadLetterRetention extends DeadLetterRetention {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {
    super();
  }

  async purge(now: number, stopping: AbortSignal): Promise<{ open: number; replayed: number }> {
    const keptDays = this.config.of(DEAD_LETTERS_VARIABLES).DEAD_LETTER_RETENTION_DAYS ?? Infinity;
    const replayed = await this.deleteBefore(
      PURGE_REPLAYED,
      now - Math.min(keptDays, REPLAYED_KEPT_DAYS) * DAY_MS,
      stopping,
    );
    const open = keptDays === Infinity ? 0 : await this.deleteBefore(PURGE_OPEN, now - keptDays * DAY_MS, stopping);
    return { open, replayed };
  }

  private async deleteBefore(statement: string, instant: number, stopping: AbortSignal): Promise<number> {
    let deleted = 0;
    for (;;) {
      const { rowCount } = await this.database.writers().query(statement, [new Date(instant), DELETED_AT_ONCE]);
      deleted += rowCount ?? 0;
      if ((rowCount ?? 0) < DELETED_AT_ONCE || stopping.aborted) return deleted;
    }
  }
}
