import type { Client } from 'pg';
import type { Written } from './live-writer.js';
import { analystsRoutes, type Route } from './support/analysts-routes.js';
import { AskedChild } from './support/asked-child.js';
import { latencyOf, measure, percentile } from './support/http-latency.js';
import { connect, type LoadedDatabase } from './support/reads-data.js';

/** A plain statement is asked this often at least. */
const FEWEST = 3;
/** A service and a writer that have just begun are on their way. */
const SETTLED_MS = 5_000;
const ROUNDS = 3;

const note = (text: string) => void process.stderr.write(`\r\x1b[K${text}`);
const say = (lines: readonly string[]) => void process.stdout.write(`${lines.join('\n')}\n`);
const ms = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
const pass = (forMs: number) => new Promise((resolve) => setTimeout(resolve, forMs));

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

/** Each route that holds the text, cache off, beside plain SQL. @returns whether all bounds hold */
export async function routesPart(database: LoadedDatabase, seconds: number, only: string): Promise<boolean> {
  const client = await connect(database.url);
  await client.query(`set work_mem = '32MB'; set random_page_cost = 1.1`);
  const { rows } = await client.query<{ users: number }>('select count(distinct user_id)::int as users from events');
  const child = AskedChild.start('reads-service.js', { databaseUrl: database.url, until: database.until, cacheMs: 0 });
  const { url } = await child.heard<{ url: string }>();
  say([
    `${database.rows.toLocaleString('en-US')} events of ${rows[0]!.users.toLocaleString('en-US')} users over 30 days`,
    '| route, cache off | p50 / p99 ms | p50 at most | plain SQL ms | plain ÷ p50 |',
    '| --- | --- | --- | --- | --- |',
  ]);
  let holds = true;
  for (const route of analystsRoutes(database.until).filter(({ path }) => path.includes(only))) {
    note(route.path);
    const http = await measure(url + route.path, { requests: route.requests, longestMs: seconds * 1000 });
    const plain = await plainMs(client, route, seconds);
    holds &&= http.p50 <= route.most;
    note('');
    say([
      `| ${route.path} | ${ms(http.p50)} / ${ms(http.p99)} | ${route.most} | ${ms(plain)} | ${(plain / http.p50).toFixed(1)} |`,
    ]);
  }
  await child.stop();
  await client.end();
  return holds;
}

/**
 * From when a batch of events was due until it was recorded: alone, and while one analyst asks one question after the other, in
 * turn, in the process that records as well. @returns whether p99 is at most twice as long
 */
export async function lagPart(database: LoadedDatabase, seconds: number, rate: number): Promise<boolean> {
  const child = AskedChild.start('reads-service.js', { databaseUrl: database.url, until: database.until, cacheMs: 0 });
  const { url } = await child.heard<{ url: string }>();
  const writer = AskedChild.start('live-writer.js', { url, rate, behind: Date.now() - database.until });
  await writer.heard();
  await pass(SETTLED_MS);
  const routes = analystsRoutes(database.until);
  const lags = { alone: [] as number[], beside: [] as number[] };
  let asked = 0;
  let refused = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [name, times] of Object.entries(lags)) {
      note(`recording, round ${round} of ${ROUNDS}, ${name}`);
      await writer.ask<Written>();
      const ends = performance.now() + seconds * 1000;
      if (name === 'alone') await pass(seconds * 1000);
      for (; name === 'beside' && performance.now() < ends; asked += 1) {
        const { path } = routes[asked % routes.length]!;
        const answer = await fetch(url + path);
        await answer.arrayBuffer();
        if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
      }
      const written = await writer.ask<Written>();
      refused += written.refused;
      for (const lag of written.lags) times.push(lag);
    }
  }
  await writer.stop();
  await child.stop();
  note('');
  const p99 = { alone: percentile(lags.alone, 0.99), beside: percentile(lags.beside, 0.99) };
  const ratio = p99.beside / p99.alone;
  say([
    `${rate.toLocaleString('en-US')} events a second, ${refused} batches refused: lag p50 / p99 ms`,
    `alone ${ms(percentile(lags.alone, 0.5))} / ${ms(p99.alone)}, while ${asked} questions of analysts were asked one after the other ${ms(percentile(lags.beside, 0.5))} / ${ms(p99.beside)}: ${ratio.toFixed(2)} x (at most 2)`,
  ]);
  return ratio <= 2 && refused === 0;
}
