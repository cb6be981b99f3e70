import type { Client } from 'pg';
import { eventually } from './waiting.js';

const NOT_VISIBLE = `
select coalesce(sum(relpages - relallvisible), 0)::int as pages from pg_partition_tree('events') join pg_class on oid = relid
where isleaf`;

/**
 * Every page of `events` is known to be visible to all, which scans of an index alone need. A statement of anybody, of the
 * service itself too, keeps a vacuum of that moment from seeing so.
 */
export async function vacuumEvents(sql: Client): Promise<void> {
  await eventually(
    async () => {
      await sql.query('vacuum analyze events');
      return (await sql.query<{ pages: number }>(NOT_VISIBLE)).rows[0]!.pages === 0;
    },
    { within: 60_000, what: 'all facts are visible to all' },
  );
}
