import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { v7 } from 'uuid';
import { freePort } from '../../src/platform/loopback-port.js';
import { publishBacklog, subscribeAll } from './support/backlog.js';
import type { BenchPostgres, BenchPulsar } from './support/bench-servers.js';
import { startNode, until } from './support/child-process.js';
import { publishFrames } from './support/frame-publisher.js';
import { mostResidentMb, residentMb } from './support/processor-time.js';

const SUBSCRIPTION = 'memory';
const SAMPLE_MS = 100;
const IDLE_MS = 5_000;
const START_MS = 60_000;
const DRAIN_MS = 600_000;
/** A message of 5 MiB, the broker's largest, leaves so much beside its own fields. */
const LARGEST_MESSAGE = 5 * 1024 * 1024 - 10_240;

/** Messages of one size, and what all of them must become. */
export interface Load {
  readonly kind: string;
  readonly count: number;
  /** The bytes of a payload. */
  readonly bytes: number;
  readonly become: 'events' | 'dead letters';
  readonly publish: (pulsar: BenchPulsar) => Promise<void>;
}

export interface Measured extends Load {
  /** MB/s of payload, from the first row to the last. */
  readonly rate: number;
  readonly seconds: number;
  /** MB, of the samples while it worked. */
  readonly median: number;
  /** MB, as the kernel remembers it: no peak between two samples is missed. */
  readonly most: number;
}

export interface MemoryServers {
  readonly postgres: BenchPostgres;
  readonly pulsar: BenchPulsar;
}

/** @param share of the full load, 1 for all of it */
export function loads(share: number): Load[] {
  const counted = (count: number) => Math.max(1, Math.round(count * share));
  const frames = (kind: string, full: number, bytes: number, make: (n: number) => Buffer, become: Load['become']) => {
    const count = counted(full);
    const publish = (pulsar: BenchPulsar) => publishFrames(pulsar, count, make);
    return { kind, count, bytes, become, publish };
  };
  const ordinary = counted(200_000);
  return [
    {
      kind: 'ordinary events',
      count: ordinary,
      bytes: 300,
      become: 'events',
      publish: (pulsar) => publishBacklog(pulsar, ordinary),
    },
    frames('events of 60 kB', 3_000, 60_000, () => largeEvent(60_000), 'events'),
    frames('messages of 1 MB', 300, 1_000_000, (n) => tooLarge(n, 1_000_000), 'dead letters'),
    frames('messages of 5 MB', 60, LARGEST_MESSAGE, (n) => tooLarge(n, LARGEST_MESSAGE), 'dead letters'),
  ];
}

/** The service with nothing to do: what every other figure stands on. */
export async function idleMb(servers: MemoryServers): Promise<number> {
  await subscribeAll(servers.pulsar, SUBSCRIPTION);
  const service = await started(servers);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const idle = residentMb(service.pid);
  await service.stop();
  return idle;
}

/** A service process of its own takes the whole backlog, bounded by nothing but its own configuration. */
export async function measured(servers: MemoryServers, load: Load): Promise<Measured> {
  await subscribeAll(servers.pulsar, SUBSCRIPTION);
  await load.publish(servers.pulsar);
  const sql = new Client({ connectionString: servers.postgres.url });
  await sql.connect();
  const service = await started(servers);
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(residentMb(service.pid)), SAMPLE_MS);
  try {
    let first = 0;
    await until('the first row', START_MS, async () => (first = await became(sql, load)) > 0);
    const begun = performance.now();
    await until(`${load.count} ${load.become}`, DRAIN_MS, async () => (await became(sql, load)) >= load.count);
    const seconds = (performance.now() - begun) / 1000;
    // What comes last is freed last, and a message too many would still arrive.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const rows = await became(sql, load);
    if (rows !== load.count) throw new Error(`${load.count} ${load.kind} became ${rows} ${load.become}`);
    const rate = ((load.count - first) * load.bytes) / 1e6 / seconds;
    return { ...load, rate, seconds, median: middle(samples), most: mostResidentMb(service.pid) };
  } finally {
    clearInterval(sampling);
    await service.stop();
    await sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m, dead_letters');
    await sql.end();
  }
}

async function started({ postgres, pulsar }: MemoryServers) {
  const port = await freePort();
  const service = startNode(join(process.cwd(), 'dist/main.js'), [], {
    DATABASE_URL: postgres.url,
    PULSAR_SERVICE_URL: pulsar.webUrl.replace('http', 'ws'),
    PULSAR_WEB_URL: pulsar.webUrl,
    PULSAR_SUBSCRIPTION: SUBSCRIPTION,
    PORT: String(port),
    LOG_LEVEL: 'error',
  });
  const answers = async () => (await fetch(`http://127.0.0.1:${port}/health/live`)).ok;
  await until('the service answers', START_MS, answers);
  return service;
}

/** @throws Error where some became the other thing */
async function became(sql: Client, { kind, become }: Load): Promise<number> {
  const { rows } = await sql.query<{ events: number; letters: number }>(
    `select (select coalesce(sum(n), 0) from event_counts_15m)::int as events,
       (select count(*) from dead_letters where reason = 'too_large')::int as letters`,
  );
  const { events, letters } = rows[0]!;
  if (become === 'events' ? letters > 0 : events > 0)
    throw new Error(`of the ${kind} ${events} are events and ${letters} dead letters`);
  return become === 'events' ? events : letters;
}

/** Random, so that PostgreSQL cannot compress it away. */
function largeEvent(bytes: number): Buffer {
  const fields = { event_id: v7(), user_id: 'u', url: '/large', timestamp: Date.now(), document: '' };
  const room = bytes - JSON.stringify(fields).length;
  return Buffer.from(JSON.stringify({ ...fields, document: randomBytes(room).toString('base64').slice(0, room) }));
}

const tooLarge = (n: number, bytes: number) => Buffer.from(`{"user_id":"u","n":${n}`.padEnd(bytes - 1) + '}');

const middle = (samples: readonly number[]) => [...samples].sort((a, b) => a - b)[samples.length >> 1] ?? 0;
