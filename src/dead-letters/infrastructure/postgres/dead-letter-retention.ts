import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DAY_MS } from '../../../events/domain/calendar.js';
import { Config } from '../../../platform/config/config.js';
import { AgreedTime } from '../../../platform/housekeeping/agreed-time.js';
import { Housekeeping } from '../../../platform/housekeeping/housekeeping.js';
import { Logger } from '../../../platform/observability/logger.js';
import { Database } from '../../../platform/postgres/database.js';
import { DEAD_LETTERS_VARIABLES } from '../../dead-letters.variables.js';
import { PURGE_OPEN, PURGE_REPLAYED } from './dead-letters.sql.js';

const EVERY_MS = 600_000;
/** This is long enough to look up what was replayed. The event itself is recorded. */
const REPLAYED_KEPT_DAYS = 30;
/** 200 letters of 5 MB are 1 GB to mark as dead, which is about as much as one statement may do. */
const DELETED_AT_ONCE = 200;

/**
 * Deletes dead letters past their time. Open and erased ones are kept for DEAD_LETTER_RETENTION_DAYS after they were first
 * seen. Replayed ones are kept for 30 days, or that many days if it is less, after they were replayed.
 */
@Injectable()
export class DeadLetterRetention implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly time: AgreedTime,
    private readonly housekeeping: Housekeeping,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.housekeeping.register({
      name: 'dropping dead letters past their retention',
      everyMs: EVERY_MS,
      run: async (stopping) => this.purge(await this.time.now(), stopping),
    });
  }

  private async purge(now: number, stopping: AbortSignal): Promise<void> {
    const keptDays = this.config.of(DEAD_LETTERS_VARIABLES).DEAD_LETTER_RETENTION_DAYS ?? Infinity;
    const replayed = await this.deleteBefore(
      PURGE_REPLAYED,
      now - Math.min(keptDays, REPLAYED_KEPT_DAYS) * DAY_MS,
      stopping,
    );
    const open = keptDays === Infinity ? 0 : await this.deleteBefore(PURGE_OPEN, now - keptDays * DAY_MS, stopping);
    if (open + replayed > 0) this.logger.info({ open, replayed }, 'dropped dead letters past their retention');
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
