import type { Client } from 'pg';
import { AskedChild } from './support/asked-child.js';
import { latencyOf, measure } from './support/http-latency.js';
import { connect, type LoadedDatabase } from './support/reads-data.js';

const DAY_MS = 86_400_000;
/** A plain statement is asked this often at least. */
const FEWEST = 3;

interface Route {
  readonly path: string;
  /** How often it is asked at most. */
  readonly requests: number;
  readonly plain: { readonly text: string; readonly values: readonly unknown[] };
}

const note = (text: string) => void process.stderr.write(`\r\x1b[K${text}`);
const ms = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
const instant = (at: number) => new Date(at).toISOString();

function routesOf(until: number): Route[] {
  const window = [instant(until - 7 * DAY_MS), instant(until)];
  const page = 'https://product.com/item/7';
  return [
    {
      path: '/users/user-4711/journey',
      requests: 1000,
      plain: { text: 'select * from events where user_id = $1 order by occurred_at', values: ['user-4711'] },
    },
    {
      path: '/funnel?steps=click,conversion:signup,sale&period=7d',
      requests: 10,
      plain: {
        // The first of each, which is not the best chain: it does not try a second start.
        text: `with first as (
            select user_id, min(occurred_at) as at from events
            where event_type = 'click' and reaction is null and interaction is null and occurred_at > $1 and occurred_at <= $2
            group by user_id
          ), second as (
            select first.user_id, first.at as began, min(events.occurred_at) as at from first join events using (user_id)
            where event_type = 'conversion' and conversion_type = 'signup' and occurred_at between first.at and first.at + interval '7 days'
            group by 1, 2
          ), third as (
            select second.user_id, min(events.occurred_at) as at from second join events using (user_id)
            where event_type = 'sale' and occurred_at between second.at and second.began + interval '7 days'
            group by 1
          )
          select (select count(*) from first) as users, (select count(*) from second), (select count(*) from third)`,
        values: window,
      },
    },
    {
      path: `/paths?from=${encodeURIComponent(page)}&period=7d`,
      requests: 10,
      plain: {
        // Pairs of neighbours only: no tree.
        text: `select next, count(*) from (
            select page_url, lead(page_url) over (partition by session_id order by occurred_at) as next
            from events where event_type = 'click' and occurred_at > $1 and occurred_at <= $2
          ) visits where page_url = $3 group by next order by count(*) desc limit 5`,
        values: [...window, page],
      },
    },
    {
      path: '/retention?interval=week',
      requests: 5,
      plain: {
        text: `with first as (select user_id, date_trunc('week', min(occurred_at)) as cohort from events group by user_id)
          select cohort, date_trunc('week', occurred_at), count(distinct user_id) from first join events using (user_id) group by 1, 2`,
        values: [],
      },
    },
  ];
}

async function plainMs(client: Client, { plain }: Route, seconds: number): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + (seconds * 1000) / 4;
  for (let n = 0; n < 100 && (n <= FEWEST || performance.now() < end); n += 1) {
    const begun = performance.now();
    await client.query(plain.text, [...plain.values]);
    if (n > 0) times.push(performance.now() - begun);
  }
  return latencyOf(times).p50;
}

/** Each route, cache off, beside plain SQL. */
export async function analystsPart(database: LoadedDatabase, seconds: number): Promise<void> {
  const client = await connect(database.url);
  await client.query(`set work_mem = '32MB'; set random_page_cost = 1.1`);
  const { rows } = await client.query<{ users: number }>('select count(distinct user_id)::int as users from events');
  const child = AskedChild.start('reads-service.js', { databaseUrl: database.url, until: database.until, cacheMs: 0 });
  const { url } = await child.heard<{ url: string }>();
  const lines: string[] = [];
  for (const route of routesOf(database.until)) {
    note(route.path);
    const http = await measure(url + route.path, { requests: route.requests, longestMs: seconds * 1000 });
    const plain = await plainMs(client, route, seconds);
    lines.push(
      `| ${route.path} | ${ms(http.p50)} / ${ms(http.p99)} | ${ms(plain)} | ${(plain / http.p50).toFixed(1)} |`,
    );
  }
  await child.stop();
  await client.end();
  note('');
  process.stdout.write(
    `\n${[
      `${database.rows.toLocaleString('en-US')} events of ${rows[0]!.users.toLocaleString('en-US')} users over 30 days`,
      '| route, cache off | p50 / p99 ms | plain SQL ms | plain ÷ p50 |',
      '| --- | --- | --- | --- |',
      ...lines,
    ].join('\n')}\n`,
  );
}
