import type { Client } from 'pg';
import { startOfWeek, WEEK_MS } from '../../../src/events/domain/calendar.js';
import { pageKeyOf } from '../../../src/events/domain/page-key.js';
import { partitionName } from '../../../src/events/infrastructure/postgres/keeping/partition-keeper.js';
import type { EmbeddedPostgres } from '../../../src/platform/postgres/embedded/embedded-postgres.js';
import { migrate } from '../../../src/platform/postgres/migrate.js';
import { migrationsOf } from '../../../src/platform/slice.js';
import * as catalogue from '../../../src/slices.js';
import { asAdmin, connect, type LoadedDatabase, loadedUntil, urlOf } from './reads-data.js';

const HOUR_MS = 3_600_000;
const SPAN_MS = 7 * 24 * HOUR_MS;
const PORTIONS = 56;

/** One click of a hundred, and ten of a hundred; the others are on 2,000 pages. */
export const SMALL_PAGE = 'https://shop.example/sale';
export const LARGE_PAGE = 'https://shop.example/';
const OTHERS = Array.from({ length: 2_000 }, (_, page) => `https://shop.example/item/${page}`);
const PAGES = [SMALL_PAGE, LARGE_PAGE, ...OTHERS];

/** For each ten clicks three views, and three scrolls of them; on nine of ten of the other pages nobody counts views. */
const KINDS = 16;
const CLICKS_IN_KINDS = 10;
/** At a time: what one of them does lies this many events apart, as in a table that many sites write to. */
const VISITS = 1_000;
const note = (text: string) => void process.stderr.write(text);

/** The database with so many clicks over 7 days: as an earlier run left it, or loaded now. */
export async function loadedClicks(server: EmbeddedPostgres, clicks: number): Promise<LoadedDatabase> {
  const name = `heatmap_${clicks}`;
  const url = urlOf(server, name);
  const known = await loadedUntil(url);
  if (known !== null) {
    // An earlier run may have loaded it with fewer migrations, and without counts.
    await migrate(url, migrationsOf(Object.values(catalogue)));
    const client = await connect(url);
    await count(client);
    await client.end();
    return { name, url, rows: clicks, until: known };
  }
  const begun = performance.now();
  await asAdmin(server, `drop database if exists ${name} with (force)`, `create database ${name}`);
  await migrate(url, migrationsOf(Object.values(catalogue)));
  const until = Math.floor(Date.now() / 60_000) * 60_000;
  const client = await connect(url);
  await load(client, clicks, until);
  await count(client);
  await client.query('create table bench_loaded (until float8)');
  await client.query('insert into bench_loaded values ($1)', [until]);
  await client.end();
  note(`\n${clicks.toLocaleString('en-US')} clicks loaded in ${Math.round((performance.now() - begun) / 1000)} s\n`);
  return { name, url, rows: clicks, until };
}

/** In the order of time into tables without indexes, which the attach builds. */
async function load(client: Client, clicks: number, until: number): Promise<void> {
  await client.query(
    `set synchronous_commit = off; set maintenance_work_mem = '512MB'; set work_mem = '256MB'; set timezone = 'UTC'`,
  );
  const start = until - SPAN_MS + 1;
  const events = Math.round((clicks / CLICKS_IN_KINDS) * KINDS);
  const numberAt = (at: number) => Math.round(((at - start) / SPAN_MS) * events);
  for (let week = startOfWeek(start); week < until; week += WEEK_MS) {
    const table = partitionName(week);
    await client.query(
      `create table ${table} (like events including defaults including constraints)
       with (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000)`,
    );
    const [begin, end] = [Math.max(week, start), Math.min(week + WEEK_MS, until)];
    for (let at = begin; at < end;) {
      const next = Math.min(at + SPAN_MS / PORTIONS, end);
      await client.query(insertInto(table), [
        numberAt(at),
        numberAt(next) - 1,
        start,
        SPAN_MS / events,
        PAGES,
        PAGES.map((page) => String(pageKeyOf(page))),
        at,
        next - 1,
      ]);
      note(`\rloading ${clicks} clicks: ${Math.round(((next - start) / SPAN_MS) * 100)} %   `);
      at = next;
    }
    note('indexes   ');
    const bounds = [week, week + WEEK_MS].map((instant) => `'${new Date(instant).toISOString()}'`);
    await client.query(`alter table events attach partition ${table} for values from (${bounds[0]}) to (${bounds[1]})`);
  }
  note('vacuum, analyze');
  await client.query('vacuum analyze');
}

/** Counts as the service would have, if there are none. */
async function count(client: Client): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>('select exists (select from event_counts_15m) as there');
  if (rows[0]?.there) return;
  note('counts   ');
  await client.query(`set timezone = 'UTC'`);
  await client.query(`insert into event_counts_15m (bucket, event_type, label, n, amount)
    select date_bin('15 minutes', occurred_at, 'epoch'), event_type, coalesce(interaction, ''), count(*), 0
    from events group by 1, 2, 3 order by 1, 2, 3`);
  await client.query('vacuum analyze event_counts_15m');
}

/**
 * $1..$2: numbers of the events, $3: time of event 0 in ms, $4: ms between two, $7..$8: the times that all of them have. Clicks lie near the top more often, the page was
 * scrolled to where they are; four of ten on phones, one of ten on tablets; one of twenty hit what stays in place.
 */
const insertInto = (table: string) => `
  insert into ${table} (event_key, event_type, event_id, occurred_at, received_at, user_id, session_id, page_url, page_key,
    x, y, viewport_width, viewport_height, scroll_y, user_agent, interaction, view_id, scroll_depth, document_width, document_height, target, intake)
  select md5(n::text)::uuid, 'click', md5(n::text), at, at, 'user-' || n % 50021, 'sess_' || visit / 3,
    ($5::text[])[page], ($6::bigint[])[page], case when kind < ${CLICKS_IN_KINDS} then x end, case when kind < ${CLICKS_IN_KINDS} then y end,
    width, height, case when kind < ${CLICKS_IN_KINDS} then greatest(0, floor(y * 5200 - x * height))::int end, 'Mozilla/5.0',
    case when kind >= 13 then 'scroll' when kind >= ${CLICKS_IN_KINDS} then 'view' end,
    case when kind >= ${CLICKS_IN_KINDS} then md5(visit::text || kind % 3)::uuid::text end, case when kind >= 13 then y end, width, 5200,
    case when kind < ${CLICKS_IN_KINDS} then jsonb_build_object('selector', 'main > section:nth-of-type(' || h % 12 || ') > a.button-' || h % 300,
      'x', round(x::numeric, 5), 'y', round(y::numeric, 5), 'fixed', h % 20 = 0) end, 'http'
  from (
    select n, at, kind, visit, h, page, (h >> 8 & 1048575) / 1048576.0::float8 as x, ((h >> 28 & 1048575) / 1048576.0::float8) ^ 2 as y,
      case when h % 10 < 4 then 390 when h % 10 < 5 then 820 else 1440 end as width, case when h % 10 < 4 then 844 else 900 end as height
    from (
      select n, kind, visit, to_timestamp(least($8::float8, greatest($7::float8, floor($3::float8 + n * $4::float8))) / 1000.0)::timestamptz(3) as at,
        hashint8extended(n, 7) & 9223372036854775807 as h,
        case when visit % 100 = 0 then 1 when visit % 100 < 11 then 2
          else 3 + (hashint8extended(visit, 11) & 9223372036854775807) % ${OTHERS.length} end as page
      from (
        select n, n / ${VISITS * KINDS} * ${VISITS} + n % ${VISITS} as visit, n % ${VISITS * KINDS} / ${VISITS} as kind
        from generate_series($1::bigint, $2::bigint) n
      ) numbered
    ) placed
    where kind < ${CLICKS_IN_KINDS} or page < 3 or page % 10 = 0
  ) event`;
