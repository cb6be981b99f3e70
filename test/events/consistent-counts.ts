import type { Client } from 'pg';

/** Facts, identities and both projections must tell the same story. */
export async function expectConsistent(sql: Client): Promise<void> {
  const { rows } = await sql.query<{
    facts: string;
    identities: string;
    fine: string;
    quarters: string;
    labels: string;
  }>(`
    select (select count(*) from events) as facts, (select count(*) from event_identity) as identities,
           (select coalesce(sum(n), 0) from event_counts_2s) as fine,
           (select coalesce(sum(n), 0) from event_counts_15m) as quarters,
           (select count(*) from (
              select date_bin('2 seconds', occurred_at, 'epoch') as bucket, event_type,
                     case event_type when 'click' then coalesce(reaction, '') when 'sale' then currency else '' end as label,
                     count(*) as n, coalesce(sum(amount), 0) as amount
              from events group by 1, 2, 3
              except select bucket, event_type, label, n, amount from event_counts_2s) different) as labels`);
  const { facts, identities, fine, quarters, labels } = rows[0]!;
  expect({ identities, fine, quarters, labels }).toEqual({
    identities: facts,
    fine: facts,
    quarters: facts,
    labels: '0',
  });
}
