import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../../platform/postgres/database-clock.js';
import { Database } from '../../../platform/postgres/database.js';
import { type Notification, Outbox } from '../../application/delivery/outbox.port.js';

/** `next_at` is the claim as well: a second replica waits for the row, looks at it again, and finds this time in the future. */
const CLAIM = `
with due as (
  select n.id from alert_rules r cross join lateral (
    select id, next_at from alert_notifications
    where rule_id = r.id and delivered_at is null and given_up_at is null order by position limit 1) n
  where n.next_at <= $1)
update alert_notifications n set next_at = $2, attempts = n.attempts + 1
from due, alert_rules r
where n.id = due.id and r.id = n.rule_id and n.next_at <= $1 and n.delivered_at is null
returning n.id, n.body, r.rule->>'webhook_url' as url, r.secret, n.attempts,
  (extract(epoch from $1::timestamptz - n.created_at) * 1000)::float8 as "ageMs"`;
const DELIVERED = `update alert_notifications set delivered_at = $2, last_error = null where id = $1`;
const AGAIN = `update alert_notifications set next_at = $2, last_error = $3 where id = $1`;
const GIVEN_UP = `update alert_notifications set given_up_at = $2, last_error = $3 where id = $1`;

/** All times are by PostgreSQL's clock. */
@Injectable()
export class PostgresOutbox extends Outbox {
  constructor(
    private readonly database: Database,
    private readonly clock: DatabaseClock,
  ) {
    super();
  }

  async claim(forMs: number): Promise<readonly Notification[]> {
    if (!this.database.isConnected) return [];
    const now = await this.clock.now();
    const values = [new Date(now), new Date(now + forMs)];
    return (await this.database.writers().query<Notification>(CLAIM, values)).rows;
  }

  async delivered(id: string): Promise<void> {
    await this.database.writers().query(DELIVERED, [id, new Date(await this.clock.now())]);
  }

  async failed(id: string, reason: string, againInMs: number | null): Promise<void> {
    const at = new Date((await this.clock.now()) + (againInMs ?? 0));
    await this.database.writers().query(againInMs === null ? GIVEN_UP : AGAIN, [id, at, reason]);
  }
}
