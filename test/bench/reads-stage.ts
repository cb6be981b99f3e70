import { Agent } from 'node:http';
import type { Client } from 'pg';
import type { EmbeddedPostgres } from '../../src/platform/postgres/embedded/embedded-postgres.js';
import { AskedChild } from './support/asked-child.js';
import { type Latency, latencyOf, measure, request } from './support/http-latency.js';
import { residentMb } from './support/processor-time.js';
import { asAdmin, connect, copyOf, type LoadedDatabase } from './support/reads-data.js';
import { type Route, routesOf } from './support/reads-routes.js';

const POLLERS = 500;
const PAUSE_MS = 500;
const DAY_MS = 86_400_000;
/** A plain statement of seconds is asked this often at least. */
const FEWEST = 3;

const note = (text: string) => void process.stderr.write(`\r\x1b[K${text}`);
const say = (lines: readonly string[]) => void process.stdout.write(`\n${lines.join('\n')}\n`);
const ms = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
const millions = (rows: number) => `${rows / 1e6} M`;
const pause = (forMs: number) => new Promise((resolve) => setTimeout(resolve, forMs));

async function service({ url, until }: LoadedDatabase, cacheMs: number) {
  const child = AskedChild.start('reads-service.js', { databaseUrl: url, until, cacheMs });
  const { url: address } = await child.heard<{ url: string }>();
  return { child, address };
}

async function plainMs(client: Client, route: Route): Promise<number | null> {
  if (!route.plain) return null;
  const times: number[] = [];
  const end = performance.now() + 3_000;
  for (let n = 0; n < 30 && (n <= FEWEST || performance.now() < end); n += 1) {
    const begun = performance.now();
    await client.query(route.plain.text, [...route.plain.values]);
    if (n > 0) times.push(performance.now() - begun);
  }
  return latencyOf(times).p50;
}

/** Each route at each size, cache off. */
export async function routesPart(databases: readonly LoadedDatabase[]): Promise<void> {
  const results: { route: Route; sizes: { http: Latency; plain: number | null }[] }[] = [];
  for (const database of databases) {
    const client = await connect(database.url);
    const { child, address } = await service(database, 0);
    for (const [index, route] of (await routesOf(client, database.until)).entries()) {
      note(`${millions(database.rows)}: ${route.name}`);
      const http = await measure(address + route.path, { requests: 400, longestMs: 10_000 });
      const result = (results[index] ??= { route, sizes: [] });
      result.sizes.push({ http, plain: await plainMs(client, route) });
    }
    await child.stop();
    await client.end();
  }
  note('');
  const head = databases.map(({ rows }) => `${millions(rows)}: p50 / p99 ms | plain SQL ms | plain ÷ p50`);
  say([
    `| route, cache off | ${head.join(' | ')} | p50 largest ÷ smallest |`,
    `| --- | ${databases.map(() => '--- | --- | ---').join(' | ')} | --- |`,
    ...results.map(({ route, sizes }) => {
      const cells = sizes.map(
        ({ http, plain }) =>
          `${ms(http.p50)} / ${ms(http.p99)} | ${plain === null ? '–' : ms(plain)} | ${plain === null ? '–' : (plain / http.p50).toFixed(1)}`,
      );
      return `| ${route.name} | ${cells.join(' | ')} | ${(sizes.at(-1)!.http.p50 / sizes[0]!.http.p50).toFixed(2)} |`;
    }),
  ]);
}

interface WriterReport {
  readonly recorded: number;
  readonly skipped: number;
  readonly seconds: number;
}

/** Each route idle and while events arrive, on a copy; and the rate of recording without and with readers. */
export async function writingPart(
  server: EmbeddedPostgres,
  original: LoadedDatabase,
  rate: number,
  seconds: number,
): Promise<void> {
  const database = await copyOf(server, original);
  const client = await connect(database.url);
  const { child, address } = await service(database, 0);
  const routes = (await routesOf(client, database.until)).filter(({ name }) => !name.includes('include='));
  const idle: Latency[] = [];
  for (const route of routes) idle.push(await measure(address + route.path, { requests: 400, longestMs: 5_000 }));

  const { now } = await child.ask<{ now: number }>();
  const writer = AskedChild.start('reads-writer.js', { url: address, rate, behind: Date.now() - now });
  const during = async (work: () => Promise<unknown>) => {
    const before = await writer.ask<WriterReport>();
    await work();
    const after = await writer.ask<WriterReport>();
    return (after.recorded - before.recorded) / (after.seconds - before.seconds);
  };
  await pause(3_000);
  note('writing without readers');
  const alone = await during(() => pause(seconds * 1000));
  const busy: Latency[] = [];
  const beside = await during(async () => {
    for (const route of routes) {
      note(`writing: ${route.name}`);
      busy.push(await measure(address + route.path, { requests: 400, longestMs: 5_000 }));
    }
  });
  await writer.stop();
  await child.stop();
  await client.end();
  await asAdmin(server, `drop database ${database.name} with (force)`);
  note('');
  say([
    `| route, ${millions(database.rows)}, cache off | idle p50 / p99 ms | while ${rate} events/s arrive: p50 / p99 ms | p99 ratio |`,
    '| --- | --- | --- | --- |',
    ...routes.map(
      ({ name }, index) =>
        `| ${name} | ${ms(idle[index]!.p50)} / ${ms(idle[index]!.p99)} | ${ms(busy[index]!.p50)} / ${ms(busy[index]!.p99)} | ${(busy[index]!.p99 / idle[index]!.p99).toFixed(1)} |`,
    ),
    '',
    `Recorded: ${Math.round(alone)} events/s without readers, ${Math.round(beside)} with (${(beside / alone).toFixed(2)} ×), of ${rate} asked for.`,
  ]);
}

/** Dashboards that ask once a second each, with the cache and conditional requests, as browsers do. */
export async function pollersPart(database: LoadedDatabase, seconds: number): Promise<void> {
  const [from, to] = [database.until - 8 * DAY_MS, database.until - DAY_MS];
  const rows: string[] = [];
  for (const path of ['/metrics?period=7d&compare=previous', `/metrics?from=${from}&to=${to}&compare=previous`])
    rows.push(await polled(database, path, seconds));
  note('');
  say([
    `| ${POLLERS} pollers, ${millions(database.rows)} | requests/s | p50 / p99 ms | 304 | reading statements/s that reach PostgreSQL |`,
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ]);
}

async function polled(database: LoadedDatabase, path: string, seconds: number): Promise<string> {
  const { child, address } = await service(database, 1000);
  const agent = new Agent({ keepAlive: true, maxSockets: POLLERS });
  const url = address + path;
  const times: number[] = [];
  let unchanged = 0;
  let measuring = false;
  let stop = false;
  const poll = async (index: number) => {
    let etag = '';
    for (let at = performance.now() + (index / POLLERS) * 1000; !stop; at += 1000) {
      await pause(Math.max(0, at - performance.now()));
      const begun = performance.now();
      const { status, headers } = await request(agent, url, etag ? { 'if-none-match': etag } : {});
      etag = headers.etag ?? '';
      if (!measuring) continue;
      times.push(performance.now() - begun);
      if (status === 304) unchanged += 1;
      else if (status !== 200) throw new Error(`${url}: ${status}`);
    }
  };
  note(`${POLLERS} pollers of ${path}`);
  const pollers = Array.from({ length: POLLERS }, (_, index) => poll(index));
  await pause(3_000);
  const before = await child.ask<{ reads: number }>();
  measuring = true;
  await pause(seconds * 1000);
  measuring = false;
  const after = await child.ask<{ reads: number }>();
  stop = true;
  await Promise.all(pollers);
  agent.destroy();
  await child.stop();
  const { p50, p99 } = latencyOf(times);
  const name = path.replace(/from=.*to=\d+/, 'from=…&to=… (a week that has ended)');
  const share = `${((unchanged / times.length) * 100).toFixed(1)} %`;
  const reads = ((after.reads - before.reads) / seconds).toFixed(1);
  return `| ${name} | ${Math.round(times.length / seconds)} | ${ms(p50)} / ${ms(p99)} | ${share} | ${reads} |`;
}

/** Everything in one answer: how long, and how much memory the service takes for it. */
export async function exportPart(database: LoadedDatabase): Promise<void> {
  const { child, address } = await service(database, 0);
  const agent = new Agent({ keepAlive: true });
  const lines = [
    `| export of ${millions(database.rows)} events | seconds | events/s | MB | memory of the service before → most, MB |`,
    '| --- | --- | --- | --- | --- |',
  ];
  // Warm, as a service that has exported a day before: what is measured is the growth with the size of the export.
  const aDay = new Date(database.until - 86_400_000).toISOString();
  for (const accept of ['application/x-ndjson', 'text/csv'])
    await request(agent, `${address}/events?from=${aDay}`, { accept });
  for (const accept of ['application/x-ndjson', 'text/csv']) {
    await pause(PAUSE_MS);
    const before = residentMb(child.pid);
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, residentMb(child.pid));
      note(`export ${accept}: ${most.toFixed(0)} MB`);
    }, 100);
    const begun = performance.now();
    const { status, bytes } = await request(agent, `${address}/events`, { accept });
    const seconds = (performance.now() - begun) / 1000;
    clearInterval(watch);
    if (status !== 200) throw new Error(`export: ${status}`);
    lines.push(
      `| ${accept} | ${seconds.toFixed(1)} | ${Math.round(database.rows / seconds).toLocaleString('en-US')} | ${Math.round(bytes / 1e6)} | ${before.toFixed(0)} → ${most.toFixed(0)} (+${(most - before).toFixed(0)}) |`,
    );
  }
  agent.destroy();
  await child.stop();
  note('');
  say(lines);
}
