import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { pageKeyOf } from '../../../src/events/domain/page-key.js';
import { partitionName } from '../../../src/events/infrastructure/postgres/keeping/partition-keeper.js';
import { startOfWeek, WEEK_MS } from '../../../src/events/domain/calendar.js';
import { freePort } from '../../../src/platform/loopback-port.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/platform/postgres/embedded/embedded-postgres.js';
import { migrate } from '../../../src/platform/postgres/migrate.js';
import { migrationsOf } from '../../../src/platform/slice.js';
import * as catalogue from '../../../src/slices.js';

const DAY_MS = 86_400_000;
const SPAN_MS = 30 * DAY_MS;
const PAGES = Array.from({ length: 200 }, (_, page) => `https://product.com/item/${page}`);
const note = (line: string) => void process.stderr.write(`${line}\n`);

export interface LoadedDatabase {
  readonly name: string;
  readonly url: string;
  readonly rows: number;
  /** The time of the last event, epoch milliseconds: the bench's service lives from then on. */
  readonly until: number;
}

/** A PostgreSQL whose data stay in .data/bench-data for the next run. */
export async function dataServer(): Promise<EmbeddedPostgres> {
  const folder = join(process.cwd(), '.data/bench-data/postgres');
  await mkdir(folder, { recursive: true });
  return startEmbeddedPostgres({ folder, preferredPort: await freePort(), log: note });
}

export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

export const urlOf = (server: EmbeddedPostgres, name: string) => {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
};

export async function asAdmin(server: EmbeddedPostgres, ...statements: string[]): Promise<void> {
  const admin = await connect(server.url);
  for (const statement of statements) await admin.query(statement);
  await admin.end();
}

/** The database with so many events over 30 days: as an earlier run left it, or loaded now. */
export async function loaded(server: EmbeddedPostgres, rows: number): Promise<LoadedDatabase> {
  const name = `reads_${rows}`;
  const url = urlOf(server, name);
  const known = await loadedUntil(url);
  if (known !== null) return { name, url, rows, until: known };
  const begun = performance.now();
  await asAdmin(server, `drop database if exists ${name} with (force)`, `create database ${name}`);
  await migrate(url, migrationsOf(Object.values(catalogue)));
  const until = Math.floor(Date.now() / 60_000) * 60_000;
  const client = await connect(url);
  await load(client, rows, until);
  await client.query('create table bench_loaded (until float8)');
  await client.query('insert into bench_loaded values ($1)', [until]);
  await client.end();
  note(`\n${rows.toLocaleString('en-US')} events loaded in ${Math.round((performance.now() - begun) / 1000)} s`);
  return { name, url, rows, until };
}

/** A copy that a run may write into. */
export async function copyOf(server: EmbeddedPostgres, original: LoadedDatabase): Promise<LoadedDatabase> {
  const name = `${original.name}_run`;
  note(`copying ${original.name}`);
  await asAdmin(
    server,
    `drop database if exists ${name} with (force)`,
    `create database ${name} template ${original.name} strategy file_copy`,
  );
  return { ...original, name, url: urlOf(server, name) };
}

/** Until when an earlier run loaded it; null: it did not come to its end. */
export async function loadedUntil(url: string): Promise<number | null> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query<{ until: number }>('select until from bench_loaded')).rows[0]?.until ?? null;
  } catch (error) {
    // No such database, no such table: an earlier load did not come to its end.
    if (['3D000', '42P01'].includes((error as { code?: string }).code ?? '')) return null;
    throw error;
  } finally {
    await client.end();
  }
}

/**
 * Facts a day at a time into tables without indexes, which the attach builds; then what the service would have counted, in the
 * order of time as it writes it: 360 neighbouring counts lie on 10 pages, not on 360.
 */
async function load(client: Client, rows: number, until: number): Promise<void> {
  await client.query(
    `set synchronous_commit = off; set maintenance_work_mem = '512MB'; set work_mem = '256MB'; set timezone = 'UTC'`,
  );
  const start = until - SPAN_MS;
  const step = SPAN_MS / rows;
  const horizon = Math.floor((until - 15 * DAY_MS) / 900_000) * 900_000;
  await client.query(`update storage_bounds set fine_horizon = to_timestamp($1 / 1000.0)`, [horizon]);
  for (let week = startOfWeek(start); week < until; week += WEEK_MS) {
    const table = partitionName(week);
    await client.query(
      `create table ${table} (like events including defaults including constraints)
       with (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000)`,
    );
    for (let day = Math.max(week, start); day < Math.min(week + WEEK_MS, until);) {
      const next = Math.min(Math.floor(day / DAY_MS) * DAY_MS + DAY_MS, until);
      const [first, last] = [Math.ceil((day - start) / step), Math.ceil((next - start) / step) - 1];
      await client.query(insertDay(table), [
        first,
        last,
        start,
        step,
        PAGES,
        PAGES.map((page) => String(pageKeyOf(page))),
      ]);
      process.stderr.write(`\rloading ${rows}: ${Math.round(((next - start) / SPAN_MS) * 100)} %   `);
      day = next;
    }
    const bounds = [week, week + WEEK_MS].map((instant) => `'${new Date(instant).toISOString()}'`);
    await client.query(`alter table events attach partition ${table} for values from (${bounds[0]}) to (${bounds[1]})`);
    await client.query(`insert into event_identity (event_key, event_type, fingerprint, occurred_at)
      select event_key, event_type, 1, occurred_at from ${table} order by event_key`);
    for (const [counts, length, from] of [
      ['event_counts_2s', '2 seconds', horizon],
      ['event_counts_15m', '15 minutes', 0],
    ] as const)
      await client.query(
        `insert into ${counts} select date_bin('${length}', occurred_at, 'epoch'), event_type, coalesce(reaction, currency, ''),
           count(*), coalesce(sum(amount), 0) from ${table} where occurred_at >= to_timestamp($1 / 1000.0) group by 1, 2, 3 order by 1, 2, 3
         on conflict (bucket, event_type, label) do update set n = ${counts}.n + excluded.n, amount = ${counts}.amount + excluded.amount`,
        [from],
      );
  }
  process.stderr.write('\nvacuum, analyze');
  await client.query('vacuum analyze');
}

/** $1..$2: numbers of the events, $3: time of event 0 in ms, $4: ms between two. 100 clicks to 10 conversions and 5 sales. */
const insertDay = (table: string) => `
  insert into ${table} (event_key, event_type, event_id, occurred_at, received_at, user_id, session_id, page_url, page_key,
    x, y, viewport_width, viewport_height, scroll_y, user_agent, conversion_type, amount, currency, intake)
  select key::uuid, type, key, at, at, 'user-' || n % 50021, 'sess_' || n % 100003, ($5::text[])[n % 200 + 1], ($6::bigint[])[n % 200 + 1],
    case type when 'click' then n % 1000 / 1000.0 end, case type when 'click' then n % 997 / 997.0 end,
    case type when 'click' then 1440 end, case type when 'click' then 900 end, case type when 'click' then n % 3000 end, 'Mozilla/5.0',
    case type when 'conversion' then 'signup' end, case type when 'sale' then n % 200 + 1.9 end, case type when 'sale' then 'EUR' end, 'http'
  from (
    select n, to_timestamp(ms / 1000.0)::timestamptz(3) as at,
      case when n % 115 < 100 then 'click' when n % 115 < 110 then 'conversion' else 'sale' end as type,
      overlay(overlay(overlay(overlay(lpad(to_hex(ms), 12, '0') || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15)
        placing '-' from 9 for 0) placing '-' from 14 for 0) placing '-' from 19 for 0) placing '-' from 24 for 0) as key
    from generate_series($1::bigint, $2::bigint) n,
      lateral (select floor($3::float8 + n * $4::float8)::bigint as ms, md5(n::text) as hash) made
  ) event`;
