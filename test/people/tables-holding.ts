import type { Client } from 'pg';

/** Every table, and how often a text stands in it, in whichever column; bytes are looked through as well. */
export async function tablesHolding(sql: Client, text: string): Promise<string[]> {
  const { rows: tables } = await sql.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace order by 1`,
  );
  if (tables.length < 15) throw new Error(`only ${tables.length} tables: where are the others?`);
  const holding: string[] = [];
  for (const { name } of tables) {
    // Bytes are written as hexadecimal digits.
    const { rows } = await sql.query<{ n: number }>(
      `select count(*)::int as n from ${name} as one where position($1 in one::text) > 0 or position($2 in one::text) > 0`,
      [text, Buffer.from(text).toString('hex')],
    );
    if (rows[0]!.n > 0) holding.push(`${name}: ${rows[0]!.n}`);
  }
  return holding;
}
