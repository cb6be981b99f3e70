import { Agent } from 'node:http';
import type { Client } from 'pg';
import { pageKeyOf } from '../../src/events/domain/page-key.js';
import type { HeatmapPages } from '../../src/heatmap/application/answers/pages.answer.js';
import type { HeatmapSummary } from '../../src/heatmap/application/answers/summary.answer.js';
import { AskedChild } from './support/asked-child.js';
import { benchPostgres } from './support/bench-servers.js';
import { LARGE_PAGE, SMALL_PAGE } from './support/heatmap-data.js';
import { latencyOf, request, timesOf } from './support/http-latency.js';
import { openStore } from './support/in-process-store.js';
import { connect, type LoadedDatabase } from './support/reads-data.js';
import { compare, type Contender, printTable } from './support/rounds.js';
import { ourStore } from './storage-stage.js';

const OLD_INDEX = `create index on events (page_key, occurred_at) include (x, y, scroll_y) where event_type = 'click' and page_key is not null`;
const NEW_INDEXES = ['events_placed_clicks_idx', 'events_other_clicks_idx', 'events_interactions_idx'];
const note = (text: string) => void process.stderr.write(`\r\x1b[K${text}`);
const say = (lines: readonly string[]) => void process.stdout.write(`\n${lines.join('\n')}\n`);
const ms = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));

interface Question {
  readonly name: string;
  readonly page: string;
  readonly device?: 'phone' | 'tablet' | 'desktop';
  readonly user?: string;
  readonly elements?: true;
  /** p99, milliseconds. */
  readonly most: number;
}

/** By default what a page reads at once; the elements are what no index holds. */
const questionsOf = (readTimeoutMs: number): Question[] => [
  { name: '100 k clicks', page: SMALL_PAGE, most: 40 },
  { name: '100 k clicks, device=phone', page: SMALL_PAGE, device: 'phone', most: 40 },
  { name: '1 M clicks', page: LARGE_PAGE, most: 350 },
  { name: '1 M clicks, device=desktop', page: LARGE_PAGE, device: 'desktop', most: 350 },
  { name: '100 k clicks, with elements', page: SMALL_PAGE, elements: true, most: readTimeoutMs },
  { name: '1 M clicks, with elements', page: LARGE_PAGE, elements: true, most: readTimeoutMs },
  { name: '1 M clicks, of a user', page: LARGE_PAGE, user: 'user-17', most: readTimeoutMs },
];

const pathOf = ({ page, device, user, elements }: Question) =>
  `/api/heatmap/summary?${new URLSearchParams({
    page_url: page,
    ...(device ? { device } : {}),
    ...(user ? { user_id: user } : {}),
    ...(elements ? {} : { elements: 'false' }),
  }).toString()}`;

/**
 * Each question, cache off, in a process that kept nothing of the page: the first one is counted in PostgreSQL, the second
 * one reads the hours, and all later ones prove them. Then the pages, first and kept. @returns whether all bounds hold
 */
export async function readsPart({ url, until, rows }: LoadedDatabase, seconds: number): Promise<boolean> {
  const client = await connect(url);
  let holds = true;
  say([
    `| ${rows / 1e6} M clicks in 7 days: summary, cache off | first, second ms | p50 / p99 of all (requests) | at most | recount |`,
    '| --- | --- | --- | --- | --- |',
  ]);
  for (const question of questionsOf(5_000)) {
    note(question.name);
    const child = AskedChild.start('reads-service.js', { databaseUrl: url, until, cacheMs: 0 });
    const { url: address } = await child.heard<{ url: string }>();
    // The process has long been running, and was asked for other pages that are as busy.
    const others = { page: question.page === SMALL_PAGE ? LARGE_PAGE : SMALL_PAGE, device: question.device };
    await timesOf(address + pathOf({ ...others, name: 'others', most: 0 }), { requests: 150, longestMs: 15_000 });
    const path = address + pathOf(question);
    const times = await timesOf(path, { requests: 1000, longestMs: seconds * 1000 }, 0);
    const wrong = await differences(client, question, (await (await fetch(path)).json()) as HeatmapSummary);
    await child.stop();
    const { p50, p99, requests } = latencyOf(times);
    holds &&= p99 <= question.most && wrong.length === 0;
    note('');
    process.stdout.write(
      `| ${question.name} | ${ms(times[0]!)}, ${ms(times[1]!)} | ${ms(p50)} / ${ms(p99)} (${requests}) | ${question.most} | ${wrong.length === 0 ? 'equal' : wrong.join(', ')} |\n`,
    );
  }
  // Asked once before, by another process: what comes from the disk the first time is no part of the counting.
  const before = AskedChild.start('reads-service.js', { databaseUrl: url, until, cacheMs: 0 });
  await fetch(`${(await before.heard<{ url: string }>()).url}/api/heatmap/pages`);
  await before.stop();
  const kept = AskedChild.start('reads-service.js', { databaseUrl: url, until, cacheMs: 1000 });
  const { url: keeping } = await kept.heard<{ url: string }>();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  while (times.length < 2) {
    const begun = performance.now();
    await request(agent, `${keeping}/api/heatmap/pages`);
    times.push(performance.now() - begun);
  }
  const answer = (await (await fetch(`${keeping}/api/heatmap/pages`)).json()) as HeatmapPages;
  const equal = await samePages(client, answer);
  agent.destroy();
  await kept.stop();
  await client.end();
  holds &&= times[0]! <= 1_500 && equal;
  note('');
  process.stdout.write(
    `| pages: first, then kept | ${ms(times[0]!)}, ${ms(times[1]!)} | 1500 | ${equal ? 'equal' : 'DIFFERS'} |\n`,
  );
  return holds;
}

const WITHIN = `occurred_at > $1 and occurred_at <= $2 and event_type = 'click'`;

/** In plain words over the rows, with no index in mind. */
async function differences(
  client: Client,
  { page, device, user, elements }: Question,
  answer: HeatmapSummary,
): Promise<string[]> {
  const widths = { phone: [0, 599], tablet: [600, 1023], desktop: [1024, 1_000_000] };
  const [least, most] = device ? widths[device] : [0, 1_000_000];
  const values = [answer.window.from, answer.window.to, String(pageKeyOf(page)), least, most, user ?? null];
  const ofPage = `${WITHIN} and page_key = $3::bigint and viewport_width between $4 and $5 and ($6::text is null or user_id = $6)`;
  const ask = async <Row extends object>(text: string) => (await client.query<Row>(text, values)).rows;
  const cells = await ask<{ fixed: boolean; row: number; col: number; clicks: number }>(
    `select coalesce((target->>'fixed')::boolean, false) as fixed, least(floor(y * 20), 19)::int as row, least(floor(x * 20), 19)::int as col,
       count(*)::int as clicks from events where ${ofPage} and interaction is null and reaction is null and x is not null group by 1, 2, 3`,
  );
  const [reading] = await ask<Record<string, number>>(
    `with viewed as (select view_id, min(occurred_at) as began from events where ${ofPage} and interaction = 'view' group by 1),
       deep as (select view_id, max(scroll_depth) as depth from viewed left join events using (view_id)
         where page_key = $3::bigint and interaction is not null and scroll_depth is not null and occurred_at > $1
           and occurred_at <= began + interval '24 hours' and ($6::text is null or user_id = $6) group by 1)
     select (select count(*) from viewed)::int as views, (select count(*) from deep)::int as known,
       (select count(*) from deep where depth >= 0.5)::int as half`,
  );
  const [band] = await ask<{ clicks: number }>(
    `select count(*)::int as clicks from events where ${ofPage} and interaction is null and reaction is null and scroll_y >= 500 and scroll_y < 1000`,
  );
  const same: Record<string, boolean> = {
    cells:
      cells.length > 0 &&
      cells.every(({ fixed, row, col, clicks }) => (fixed ? answer.fixed.grid : answer.grid)[row]![col] === clicks),
    total: cells.reduce((sum, { clicks }) => sum + clicks, 0) === answer.total_clicks + answer.fixed.total_clicks,
    views: reading!.views === answer.views && reading!.known === answer.views - answer.views_without_depth,
    reach: answer.reach[9]!.share === (reading!.known ? Math.round((reading!.half! / reading!.known) * 1e4) / 1e4 : 0),
    scroll: (answer.scroll_distribution[1]?.clicks ?? 0) === band!.clicks,
  };
  if (elements) {
    const [top] = await ask<{ selector: string; clicks: number }>(
      `select target->>'selector' as selector, count(*)::int as clicks from events
       where ${ofPage} and interaction is null and reaction is null and target ? 'selector' group by 1
       order by 2 desc, (target->>'selector') collate "C" limit 1`,
    );
    same.elements = answer.elements?.[0]?.selector === top?.selector && answer.elements?.[0]?.clicks === top?.clicks;
  }
  return Object.keys(same).filter((name) => !same[name]);
}

async function samePages(client: Client, { pages, window }: HeatmapPages): Promise<boolean> {
  const { rows } = await client.query<{ page_url: string; clicks: number; views: number }>(
    `select page_url, count(*) filter (where interaction is null and reaction is null)::int as clicks,
       count(distinct view_id) filter (where interaction = 'view')::int as views
     from events where ${WITHIN} and page_url = any ($3) group by 1 order by 2 desc, page_url collate "C"`,
    [window.from, window.to, pages.map(({ page_url }) => page_url)],
  );
  return pages.length === 100 && JSON.stringify(rows) === JSON.stringify(pages);
}

/** Measures what recording costs with the one index before, and with the three in its place: in turn, on one server. */
export async function recordingPart(events: number, rounds: number): Promise<boolean> {
  const postgres = await benchPostgres();
  const endings: (() => Promise<unknown>)[] = [() => postgres.stop()];
  try {
    const contenders: Contender[] = [];
    for (const kind of ['before', 'now'] as const) {
      const url = new URL(postgres.url);
      url.pathname = `/${kind}`;
      const admin = await connect(postgres.url);
      await admin.query(`create database ${kind}`);
      await admin.end();
      const { store, database } = await openStore(url.href);
      endings.push(() => database.onApplicationShutdown());
      if (kind === 'before')
        await database.writers().query([...NEW_INDEXES.map((name) => `drop index ${name}`), OLD_INDEX].join('; '));
      const name = kind === 'before' ? 'one index of page clicks, as before' : 'three in its place';
      const { run } = ourStore({ ...postgres, url: url.href }, store, events);
      await run(0); // not measured
      contenders.push({ name, run });
    }
    const outcomes = await compare(contenders, rounds);
    printTable('Recording: storage stage', outcomes);
    return outcomes[1]!.ratio >= 0.97;
  } finally {
    for (const end of endings.reverse()) await end();
  }
}
