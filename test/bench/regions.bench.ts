import { parseArgs } from 'node:util';
import { setTimeout } from 'node:timers/promises';
import type { Regions } from '../../src/regions/application/answers/regions.answer.js';
import type { Written } from './live-writer.js';
import type { Recorded } from './regions-recorder.js';
import { AskedChild } from './support/asked-child.js';
import { benchPostgres } from './support/bench-servers.js';
import { percentile } from './support/http-latency.js';
import { processorTimeUs, residentMb } from './support/processor-time.js';

const HELP = `npm run bench -- regions [--events 1000000] [--rate 500]
  so many events are recorded in one region, as fast as it goes, and merged into another one by its own service while both record
  at a fixed rate (events a second, each; 0: none): both rates and their ratio, how resident memory of both services grew, what their
  senders waited; both services and their PostgreSQL on this machine. Then the same again from the beginning, all known`;

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '500' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const count = Number(values.events);
const rate = Number(values.rate);
/** After so long under the fixed rate a service has what it takes only once. */
const WARM_MS = 10_000;
const LOOK_MS = 200;
const say = (line: string) => void process.stdout.write(`${line}\n`);
const perEvent = (us: number) => `${(us / count).toFixed(1)} µs`;

interface Service {
  readonly child: AskedChild;
  readonly url: string;
  readonly databasePid: number;
}

async function startService(
  { url, pid }: { url: string; pid: number },
  environment: Record<string, string>,
): Promise<Service> {
  const child = AskedChild.start('live-service.js', { databaseUrl: url, environment });
  return { child, databasePid: pid, ...(await child.heard<{ url: string }>()) };
}

/** Null: it is turned away, since the service has too much to do. */
async function lastMerge({ url }: Service): Promise<Regions['merges'][number] | null> {
  const answer = await fetch(`${url}/regions`);
  const body = await answer.json();
  return answer.ok ? (body as Regions).merges[0]! : null;
}

/** @throws Error when the service turns it away for other reasons than that it has too much to do */
async function begin({ url }: Service, since: number | null): Promise<void> {
  for (;;) {
    const asked = await fetch(`${url}/regions/merge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: 'b', since }),
    });
    const answer = await asked.text();
    if (asked.status === 202) return;
    if (asked.status !== 503) throw new Error(`no merge began: ${answer}`);
    await setTimeout(LOOK_MS);
  }
}

const sum = (merge: Regions['merges'][number]) =>
  merge.merged + merge.known + merge.restamped + merge.conflicts + merge.below_floor + merge.rejected;

/** Memory of both, and the most that it came to since. */
class Memory {
  private readonly first: readonly number[];
  private tenth: readonly number[] | null = null;
  private readonly most: number[];

  constructor(private readonly services: readonly Service[]) {
    this.first = this.now();
    this.most = [...this.first];
  }

  look(share: number): void {
    const now = this.now();
    if (share >= 0.1) this.tenth ??= now;
    now.forEach((mb, n) => (this.most[n] = Math.max(this.most[n]!, mb)));
  }

  grown(): string {
    const since = (before: readonly number[] | null) =>
      this.most.map((mb, n) => (before === null ? '?' : `${Math.round(mb - before[n]!)}`)).join(' and ');
    return `${since(this.first)} MB since it began, ${since(this.tenth)} MB since its first tenth (from ${Math.round(this.first[0]!)} and ${Math.round(this.first[1]!)})`;
  }

  private now(): number[] {
    return this.services.map(({ child }) => residentMb(child.pid));
  }
}

async function merge(what: string, here: Service, there: Service, recordingRate: number, since: number | null) {
  const services = [here, there];
  const processors = () =>
    services.flatMap(({ child, databasePid }) => [processorTimeUs(child.pid), processorTimeUs(databasePid)]);
  const memory = new Memory(services);
  const before = processors();
  await begin(here, since);
  for (;;) {
    await setTimeout(LOOK_MS);
    const last = await lastMerge(here);
    if (last !== null) memory.look(sum(last) / count);
    if (last === null || last.state === 'running') continue;
    const used = processors().map((time, n) => perEvent(time - before[n]!));
    const merged = Math.round((sum(last) / last.duration_ms) * 1000);
    say(
      `${what}: ${last.state}${last.detail ? ` (${last.detail})` : ''}, ${last.merged} merged, ${last.known} known, ${merged}/s, ${(merged / recordingRate).toFixed(2)} of recording`,
    );
    say(`  memory grew here and there by ${memory.grown()}`);
    say(
      `  processor time an event, with what was recorded meanwhile: ${used[0]} of Node and ${used[1]} of PostgreSQL here, ${used[2]} and ${used[3]} there`,
    );
    return;
  }
}

const [a, b] = [await benchPostgres(), await benchPostgres()];
const children: AskedChild[] = [];
try {
  const began = processorTimeUs(b.pid);
  const recorder = AskedChild.start('regions-recorder.js', { databaseUrl: b.url, count });
  const recorded = await recorder.heard<Recorded>();
  const databaseUs = processorTimeUs(b.pid) - began; // before its connections end, and their processes with them
  await recorder.stop();
  const recordingRate = Math.round((count / recorded.ms) * 1000);
  say(
    `recorded ${count} events: ${recordingRate}/s; processor time an event: ${perEvent(recorded.processorUs)} of Node, ${perEvent(databaseUs)} of PostgreSQL`,
  );

  const there = await startService(b, { PULSAR_CLUSTER: 'b' });
  children.push(there.child);
  const here = await startService(a, { PULSAR_CLUSTER: 'a', REGIONS: `b=${there.url}` });
  children.push(here.child);
  const writers = rate === 0 ? [] : [here, there].map(({ url }) => AskedChild.start('live-writer.js', { url, rate }));
  children.push(...writers);
  await Promise.all(writers.map((writer) => writer.heard()));
  await setTimeout(WARM_MS);
  const waited = async (when: string) => {
    for (const [n, writer] of writers.entries()) {
      const { lags, refused } = await writer.ask<Written>();
      const [p50, p99] = [0.5, 0.99].map((share) => percentile(lags, share).toFixed(0));
      say(
        `  ${rate}/s recorded ${n === 0 ? 'here' : 'there'} ${when}: p50 ${p50} ms, p99 ${p99} ms, ${refused} turned away`,
      );
    }
  };
  await waited('before');
  await merge('merged', here, there, recordingRate, null);
  await waited('meanwhile');
  await merge('again from the beginning', here, there, recordingRate, Date.parse('2000-01-01T00:00:00Z'));
  await waited('meanwhile');
} finally {
  for (const child of children.reverse()) await child.stop();
  await Promise.all([a.stop(), b.stop()]);
}
process.exit(0);
