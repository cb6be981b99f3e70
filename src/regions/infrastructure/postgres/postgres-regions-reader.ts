import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/postgres/database.js';
import type { Conflict, Merge } from '../../application/answers/regions.answer.js';
import { type MergedRegion, RegionsReader } from '../../application/regions-reader.port.js';

const rfc3339 = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const MERGED = `
select name, ${rfc3339('merged_until')} as "mergedUntil",
  case when merged_until is not null then greatest(0, round(date_part('epoch', now() - merged_until) * 1000)) end::float8 as "lagMs",
  last.state, last.code
from unnest($1::text[]) with ordinality as wanted (name, place)
left join region_watermarks on region = name
left join lateral (
  select state, code from region_merges
  where region_merges.region = name and not dry_run
  order by started_at desc limit 1
) as last on true
order by place`;

const MERGES = `
select id::text as id, region as "from", ${rfc3339('since')} as since, dry_run, actor, state, ${rfc3339('started_at')} as started_at,
  ${rfc3339('finished_at')} as finished_at,
  round(date_part('epoch', coalesce(finished_at, now()) - started_at) * 1000)::float8 as duration_ms,
  merged::float8 as merged, known::float8 as known, restamped::float8 as restamped, conflicts::float8 as conflicts,
  below_floor::float8 as below_floor, rejected::float8 as rejected, dead_letters::float8 as dead_letters,
  held_back_ms::float8 as held_back_ms, held_back_by, code, detail
from region_merges order by started_at desc, id desc limit $1`;

const CONFLICTS = `
select event_key::text as event_key, event_type, min(event_id) as event_id,
  json_agg(json_build_object('fingerprint', fingerprint::text, 'content', content::json) order by fingerprint) as contents
from region_conflicts
where (event_key, event_type) in (
  select event_key, event_type from (
    select event_key, event_type, first_seen from region_conflicts order by first_seen desc limit $1
  ) as last
)
group by event_key, event_type
order by max(first_seen) desc, event_key, event_type
limit $1`;

const CONFLICTING = `
select count(*)::float8 as total from (select distinct event_key, event_type from region_conflicts) as identity`;

@Injectable()
export class PostgresRegionsReader extends RegionsReader {
  constructor(private readonly database: Database) {
    super();
  }

  async merged(names: readonly string[]): Promise<readonly MergedRegion[]> {
    const statement = { name: 'merged-regions', text: MERGED, values: [names] };
    const rows = await this.database.read<MergedRow>(statement);
    return rows.map(({ name, mergedUntil, lagMs, state, code }) => ({
      name,
      mergedUntil,
      lagMs,
      last: state === null ? null : { state, code },
    }));
  }

  merges(limit: number): Promise<readonly Merge[]> {
    return this.database.read<Merge>({ text: MERGES, values: [limit] });
  }

  async conflicts(limit: number): Promise<{ readonly total: number; readonly newest: readonly Conflict[] }> {
    const newest = await this.database.read<Conflict>({ text: CONFLICTS, values: [limit] });
    const [row] = await this.database.read<{ total: number }>({ text: CONFLICTING });
    return { total: row!.total, newest };
  }
}

interface MergedRow {
  readonly name: string;
  readonly mergedUntil: string | null;
  readonly lagMs: number | null;
  readonly state: 'running' | 'done' | 'failed' | 'interrupted' | null;
  readonly code: string | null;
}
