import { FACT_COLUMNS, type FactColumn } from '../../domain/fact-row.js';

/**
 * Selects the holder: a transaction that has an id and has not ended. A transaction that only reads has no id, and holds up nobody. Our own
 * short recordings are among the holders. This is a statement of its own before the snapshot of ENDED: a holder that ends between the two
 * is named all the same, and a transaction that gets its id between them holds back nothing that was committed before.
 */
export const HOLDER = `
select round(date_part('epoch', clock_timestamp()) * 1000)::float8 as as_of, holder.held_ms, holder.held_by
from (select 1) as always
left join lateral (
  select greatest(0, round(date_part('epoch', clock_timestamp() - began) * 1000))::float8 as held_ms, held_by
  from (
    select xact_start as began, format('pid %s (%s), user %s, database %s', pid, application_name, usename, datname) as held_by,
      backend_xid as id
    from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()
    union all
    select prepared, format('prepared transaction %s, user %s, database %s', gid, owner, database), transaction from pg_prepared_xacts
  ) open
  order by age(id) desc
  limit 1
) holder on true`;

/** Selects what the ids of transactions say, in one snapshot. */
export const ENDED = `
select system_identifier::text as system, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline,
  pg_snapshot_xmin(pg_current_snapshot())::text as ended, pg_snapshot_xmax(pg_current_snapshot())::text as next,
  (select (extract(epoch from retention_floor) * 1000)::float8 from storage_bounds) as floor
from pg_control_system()`;

/** Rows that were recorded after the last vacuum are in no range of the index yet. After an update partitions may have only the older one. */
export const SUMMARIZE = `
select sum(brin_summarize_new_values(indexrelid))
from pg_inherits join pg_index on indexrelid = inhrelid
where inhparent in (to_regclass('events_tx_ranges_idx'), to_regclass('events_tx_idx')) and indisvalid`;

export const IS_THERE = `
select exists (
  select from events where occurred_at = $1 and event_key = $2 and event_type = $3 and tx = $4::bigint
) as there`;

export const IS_CONFLICT_THERE = `
select exists (
  select from region_conflicts where event_key = $1 and event_type = $2 and fingerprint = $3::bigint and tx = $4::bigint
) as there`;

const milliseconds = (column: string) => `round(date_part('epoch', ${column}) * 1000)::bigint`;

/** Columns that are not sent as they are. `properties` are written once, and counted. */
const WRITTEN: Partial<Record<FactColumn, string>> = {
  occurred_at: milliseconds('occurred_at'),
  received_at: milliseconds('received_at'),
  properties: 'properties_text',
};

/** The bytes of a row beside those of its long texts, about. */
const ROW_BYTES = 300;

/**
 * Selects a page of facts. It holds as many rows as the limit, and one more, which says that more follow; their bytes stay
 * below the bound. PostgreSQL adds the bytes up before rows leave it, and the first row always passes. Each row is written
 * once (`offset 0`). After FACT_COLUMNS come the transaction and the bytes up to the row. The sort columns keep their own
 * types, because as a text 10 comes before 9.
 *
 * @param order of the walk
 * @param conditions with `$1` as the limit and `$2` as the bytes
 */
const page = (order: string, conditions: string) => `
select ${FACT_COLUMNS.map((column) => WRITTEN[column] ?? column).join(', ')}, tx, upto
from (
  select *, sum(bytes) over (order by ${order} rows unbounded preceding) as upto
  from (
    select *, ${ROW_BYTES} + coalesce(octet_length(page_url), 0) + coalesce(octet_length(user_agent), 0)
      + coalesce(octet_length(properties_text), 0) as bytes
    from (
      select page.*, properties::text as properties_text, (
          select fingerprint from event_identity as identity
          where identity.event_key = page.event_key and identity.event_type = page.event_type
        ) as fingerprint
      from (
        select * from events
        where ${conditions}
        order by ${order}
        limit $1
      ) as page
      offset 0
    ) as written
  ) as counted
) as summed
where upto - bytes <= $2
order by ${order}`;

const SINCE = '($3::timestamptz is null or occurred_at >= $3::timestamptz)';

/** Fits (occurred_at, event_key). Where few rows are without a transaction, it fits events_tx_ranges_idx, which knows of nulls. */
export const UNNUMBERED_FACTS = page(
  'occurred_at, event_key, event_type',
  `(tx is null or tx >= $4::bigint) and ${SINCE}
          and ($5::timestamptz is null or (occurred_at, event_key, event_type) > ($5::timestamptz, $6::uuid, $7::text))`,
);

/** Fits events_tx_ranges_idx: each partition says by itself where such transactions may lie. */
export const NUMBERED_FACTS = page(
  'tx, event_key, event_type',
  `tx >= $4::bigint and tx < $5::bigint and ${SINCE}
          and ($6::bigint is null or (tx, event_key, event_type) > ($6::bigint, $7::uuid, $8::text))`,
);

/**
 * Selects a page of contents, bounded as one of facts: $6 rows, of which the last says that more follow, and $7 bytes. The sort
 * columns keep their own types.
 */
export const CONFLICTS = `
select event_key::text as event_key, event_type, event_id, fingerprint::text as fingerprint, content, tx::text as tx, upto
from (
  select *, sum(bytes) over (order by tx, event_key, event_type, fingerprint rows unbounded preceding)::float8 as upto
  from (
    select *, ${ROW_BYTES} + octet_length(content) as bytes
    from region_conflicts
    where tx < $1::bigint
      and ($2::bigint is null or (tx, event_key, event_type, fingerprint) > ($2::bigint, $3::uuid, $4::text, $5::bigint))
    order by tx, event_key, event_type, fingerprint
    limit $6
  ) as page
) as summed
where upto - bytes <= $7
order by summed.tx, summed.event_key, summed.event_type, summed.fingerprint`;

export const OPEN_DEAD_LETTERS = `select count(*)::float8 as letters from dead_letters where state = 'open'`;
