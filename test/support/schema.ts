import type { Client } from 'pg';

const COLUMNS = `
select c.relname, c.relkind, c.reloptions, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull,
  pg_get_expr(d.adbin, d.adrelid) as default_value
from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum`;
const CONSTRAINTS = `
select conrelid::regclass::text as relation, conname, pg_get_constraintdef(oid) as definition
from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`;
const INDEXES = `select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2`;

/** All tables, columns, constraints and indexes of a database, to be compared with those of another. */
export async function schemaOf(client: Client): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const [columns, constraints, indexes] = [
    await client.query<object>(COLUMNS),
    await client.query<object>(CONSTRAINTS),
    await client.query<object>(INDEXES),
  ];
  return { columns: columns.rows, constraints: constraints.rows, indexes: indexes.rows };
}
