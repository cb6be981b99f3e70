import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgreedTime } from '../../../platform/housekeeping/agreed-time.js';
import { Housekeeping } from '../../../platform/housekeeping/housekeeping.js';
import { Database } from '../../../platform/postgres/database.js';

const KEPT_MS = 30 * 86_400_000;
const EVERY_MS = 3_600_000;
const DELETED_AT_ONCE = 1_000;

const DROP = `
delete from alert_notifications where id in (
  select id from alert_notifications
  where created_at < $1 and (delivered_at is not null or given_up_at is not null) order by created_at limit $2)`;

/** Drops notices that were delivered or given up a month ago. Alerts themselves are kept. */
@Injectable()
export class NotificationKeeping implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly time: AgreedTime,
    private readonly housekeeping: Housekeeping,
  ) {}

  onModuleInit(): void {
    this.housekeeping.register({
      name: 'dropping notifications past their time',
      everyMs: EVERY_MS,
      run: (stopping) => this.drop(stopping),
    });
  }

  private async drop(stopping: AbortSignal): Promise<void> {
    const before = new Date((await this.time.now()) - KEPT_MS);
    for (;;) {
      const { rowCount } = await this.database.writers().query(DROP, [before, DELETED_AT_ONCE]);
      if ((rowCount ?? 0) < DELETED_AT_ONCE || stopping.aborted) return;
    }
  }
}
