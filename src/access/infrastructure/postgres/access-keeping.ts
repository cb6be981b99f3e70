import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { AgreedTime } from '../../../platform/housekeeping/agreed-time.js';
import { Housekeeping } from '../../../platform/housekeeping/housekeeping.js';
import { Database } from '../../../platform/postgres/database.js';
import { ACCESS_VARIABLES } from '../../access.variables.js';
import { AccessUsage } from '../../application/access-usage.port.js';
import { CONFIGURED_KEY_ID } from '../../application/keys/configured-key.js';
import { LiveKeys } from '../../application/keys/live-keys.js';
import { LiveSessions } from '../../application/sessions/live-sessions.js';
import { sessionBounds } from '../../domain/session-lifetime.js';
import { DROP_ENTRIES, DROP_SECRETS, DROP_SESSIONS } from './access.sql.js';

const NOTED_EVERY_MS = 60_000;
const DROPPED_EVERY_MS = 600_000;
const DAY_MS = 86_400_000;
const DELETED_AT_ONCE = 1_000;

/** Writes down when keys and sessions were used, and drops what is over: sessions, replaced secrets, old entries of the audit log. */
@Injectable()
export class AccessKeeping implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly keys: LiveKeys,
    private readonly sessions: LiveSessions,
    private readonly usage: AccessUsage,
    private readonly time: AgreedTime,
    private readonly housekeeping: Housekeeping,
  ) {}

  onModuleInit(): void {
    this.housekeeping.register({
      name: 'noting which keys were used',
      everyMs: NOTED_EVERY_MS,
      run: () => this.noteUsed(),
    });
    this.housekeeping.register({
      name: 'dropping sessions, secrets and audit entries past their time',
      everyMs: DROPPED_EVERY_MS,
      run: async (stopping) => this.drop(await this.time.now(), stopping),
    });
  }

  private noteUsed(): Promise<void> {
    const used = [...this.keys.takeUsed()].filter(([id]) => id !== CONFIGURED_KEY_ID);
    return this.usage.note(new Map(used), this.sessions.takeLastUses());
  }

  private async drop(now: number, stopping: AbortSignal): Promise<void> {
    const { openedBefore, seenBefore } = sessionBounds(now);
    await this.database.writers().query(DROP_SESSIONS, [new Date(openedBefore), new Date(seenBefore)]);
    await this.database.writers().query(DROP_SECRETS, [new Date(now)]);
    const kept = new Date(now - this.config.of(ACCESS_VARIABLES).AUDIT_RETENTION_DAYS * DAY_MS);
    for (;;) {
      const { rowCount } = await this.database.writers().query(DROP_ENTRIES, [kept, DELETED_AT_ONCE]);
      if ((rowCount ?? 0) < DELETED_AT_ONCE || stopping.aborted) return;
    }
  }
}
