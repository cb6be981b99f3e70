import { setTimeout as pause } from 'node:timers/promises';
import { grouped } from '../../maintenance.js';
import { compared, type HealthAnswer, held, type MetricsAnswer, type RegionsAnswer } from './both-sides.js';
import { allOf, type DemoRegion } from './demo-region.js';
import { Traffic } from './traffic.js';

const QUIET_TRAFFIC_MS = 5_000;
const AWAY_MS = 6_000;
/** The other region looks every 15 s. */
const NAMED_MS = 60_000;
const RETURN_MS = 120_000;
const RECORDED_MS = 120_000;
const POLL_MS = 100;
const MOST_MERGES = 5;
/** Messages at each Pulsar for each event of the client. */
const PULSAR_SHARE = 0.25;

export interface Told {
  readonly a: DemoRegion;
  readonly b: DemoRegion;
  /** Events a second of the client. */
  readonly rate: number;
  readonly say: (line: string) => void;
  /** Aborts when nobody wants to hear more. */
  readonly signal: AbortSignal;
}

/** Outage, failover, return, split brain and merge, in sentences with figures. @throws the signal's reason */
export async function tell({ a, b, rate, say, signal }: Told): Promise<void> {
  say('Two regions start on this machine, a and b: each has a PostgreSQL, a Pulsar and a service of its own.');
  await allOf([a.startServers(), b.startServers()]);
  signal.throwIfAborted();
  await allOf([a.letOtherMerge(), b.letOtherMerge()]);
  await allOf([a.startService(signal), b.startService(signal)]);
  say(`Both run: a at ${a.url}/dashboard, b at ${b.url}/dashboard`);

  const traffic = await Traffic.open(a, b);
  const ending = new AbortController();
  const eachPulsar = Math.ceil(rate * PULSAR_SHARE);
  const running = traffic.run({ client: rate, eachPulsar }, AbortSignal.any([ending.signal, signal]));
  try {
    say(
      `A client sends ${rate} events/s to a, and knows b for when a is away; ${eachPulsar}/s are published to the Pulsar of each.`,
    );
    await pause(QUIET_TRAFFIC_MS, undefined, { signal });
    say(`a has recorded ${await recorded(a)} events, b ${await recorded(b)}.`);
    await outage({ a, b, rate, say, signal }, traffic);
    await splitBrain({ a, b, rate, say, signal });
    ending.abort();
    await running;
    await rest({ a, b, rate, say, signal }, traffic);
  } finally {
    ending.abort();
    await traffic.close();
  }
}

async function outage({ a, b, say, signal }: Told, traffic: Traffic): Promise<void> {
  const killed = performance.now();
  await a.kill();
  say('kill -9: the service and the PostgreSQL of a are gone.');
  const served = await until(() => traffic.servedAgain(killed), RETURN_MS, signal, 'b serves the client');
  say(`b serves the client. An event of after the kill was confirmed after ${Math.round(served)} ms.`);
  await pause(AWAY_MS, undefined, { signal });
  const named = await until(() => namedBy(b), NAMED_MS, signal, 'b names the region that is away');
  say(`GET /health of b, which stays ready: regions: ${named}`);
  say(
    `a has been away for ${seconds(killed)}; b has ${await recorded(b)} events, ${traffic.waiting} wait at the client.`,
  );

  const started = performance.now();
  await a.startAgain(signal);
  const ready = performance.now();
  say(
    `a is started again, and ready after ${seconds(started)}. What was published to its Pulsar meanwhile is recorded by itself.`,
  );
  const before = traffic.answeredByPrimary;
  await until(() => traffic.answeredByPrimary > before + 1 || null, RETURN_MS, signal, 'the client is back at a');
  say(`The client is back at a after ${seconds(ready)}, by itself.`);
}

/** One order, told to both regions in different words. */
async function splitBrain({ a, b, say }: Told): Promise<void> {
  const order = async (region: DemoRegion, amount: string) => {
    const sale = { event_type: 'sale', event_id: 'order-1001', user_id: 'u-1', amount, currency: 'EUR' };
    const response = await fetch(`${region.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-token': region.token },
      body: JSON.stringify({ events: [sale] }),
    });
    if (!response.ok) throw new Error(`POST /events in region ${region.name}: ${response.status}`);
  };
  await Promise.all([order(a, '19.90'), order(b, '29.90')]);
  say('Split brain: the sale order-1001 is recorded as 19.90 EUR in a, and as 29.90 EUR in b.');
}

async function rest({ a, b, say, signal }: Told, traffic: Traffic): Promise<void> {
  const all = async () => {
    const ids = new Set((await Promise.all([held(a), held(b)])).flat());
    return [...traffic.confirmed].every((id) => ids.has(id)) || null;
  };
  await until(all, RECORDED_MS, signal, 'what Pulsar confirmed is recorded');
  say(
    `The senders stop: ${grouped(traffic.confirmed.size)} events were confirmed. a has recorded ${await recorded(a)}, b ${await recorded(b)}.`,
  );
  for (const [into, from] of [
    [a, b],
    [b, a],
  ] as const) {
    await merge(into, from, say);
    signal.throwIfAborted();
  }
  const { same, missing, twice } = compared(await held(a), await held(b), traffic.confirmed);
  say(
    `Now a holds ${await recorded(a)} events, b ${await recorded(b)}: ${same ? 'the same ones' : 'NOT the same ones'}.`,
  );
  say(`Of those that were confirmed ${missing} are missing, and ${twice} are there twice.`);
  for (const region of [a, b]) {
    const { total_clicks, total_conversions, total_sales, regions } =
      await region.ask<MetricsAnswer>('/metrics?period=1h');
    const others = regions.map(({ name, status }) => `${name} ${status}`).join(', ');
    say(
      `GET /metrics of ${region.name}: ${grouped(total_clicks)} clicks, ${grouped(total_conversions)} conversions, ${grouped(total_sales)} sales; ${others}.`,
    );
  }
  for (const region of [a, b]) {
    const { conflicts } = await region.ask<RegionsAnswer>('/regions');
    const contents = conflicts.newest.flatMap(({ event_id, contents: all }) =>
      all.map(({ content }) => `${event_id} ${content.amount} ${content.currency}`),
    );
    say(`GET /regions of ${region.name}: conflicts ${conflicts.total}: ${contents.join(', ')}.`);
  }
  say('Each region goes on counting what it recorded first. The runbook: docs/regions.md');
}

/** A transaction of the other region may hold events back for a moment. The next merge brings them. */
async function merge(into: DemoRegion, from: DemoRegion, say: Told['say']): Promise<void> {
  say(`In region ${into.name}: npm run merge -- --from ${from.name}`);
  for (let more = true, times = 1; more && times <= MOST_MERGES; times++) {
    if (times > 1) say('  A transaction was open there, so there may be more. Once more:');
    for (const line of await into.command(['merge', '--from', from.name])) say(`  ${line}`);
    more = (await into.ask<RegionsAnswer>('/regions')).merges[0]?.held_back_by != null;
  }
}

async function namedBy(region: DemoRegion): Promise<string | null> {
  const { components } = await region.ask<HealthAnswer>('/health');
  const { status, reason } = components.regions ?? { status: 'unknown' };
  return status === 'down' ? `${status}, ${reason}` : null;
}

async function recorded(region: DemoRegion): Promise<string> {
  return grouped((await held(region)).length);
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Asks again until there is an answer other than null. @throws Error naming `what`, or the signal's reason */
async function until<T>(
  ask: () => T | null | Promise<T | null>,
  within: number,
  signal: AbortSignal,
  what: string,
): Promise<T> {
  const deadline = AbortSignal.timeout(within);
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (deadline.aborted) throw new Error(`Not within ${within / 1000} s: ${what}`);
    await pause(POLL_MS, undefined, { signal });
  }
}
