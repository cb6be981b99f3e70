import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/postgres/database.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import { type AlertPosition, AlertsReader, type StoredAlert } from '../../application/alerts-reader.port.js';
import type { AlertState } from '../../application/answers/alert.answer.js';

const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

const PAGE = `
select id, rule_id as "ruleId", rule, state, judged, value,
  case when window_to is null then null
    else jsonb_build_object('from', ${MS('window_from')}, 'to', ${MS('window_to')}) end as window,
  ${MS('started_at')} as "startedAt", ${MS('fired_at')} as "firedAt", ${MS('resolved_at')} as "resolvedAt"
from alerts
where ($1::text is null or state = $1) and (started_at, id) < ($2::timestamptz, $3::uuid)
order by started_at desc, id desc limit $4`;

const FIRST = { startedAt: Infinity, id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

@Injectable()
export class PostgresAlertsReader extends AlertsReader {
  constructor(private readonly database: Database) {
    super();
  }

  page(
    state: AlertState | null,
    limit: number,
    after: AlertPosition | null,
    signal?: AbortSignal,
  ): Promise<readonly StoredAlert[]> {
    const { startedAt, id } = after ?? FIRST;
    return this.database.read<StoredAlert>({ text: PAGE, values: [state, timestamp(startedAt), id, limit] }, signal);
  }
}
