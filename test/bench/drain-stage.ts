import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../../src/platform/loopback-port.js';
import type { PulsarClient } from '../../src/platform/pulsar/message-broker.port.js';
import { openSavedEvents, savedEvents } from './saved-events.js';
import { subscribeAll, TOPICS, type Topics } from './support/backlog.js';
import type { BenchPostgres, BenchPulsar } from './support/bench-servers.js';
import { type Child, startNode, until } from './support/child-process.js';
import { processorTimeUs } from './support/processor-time.js';
import type { Contender, Sample } from './support/rounds.js';

export interface DrainServers {
  readonly postgres: BenchPostgres;
  readonly pulsar: BenchPulsar;
}

export interface Drained {
  readonly count: number;
  /** Counts in a column `n` what is committed. */
  readonly rows: string;
  readonly topics?: Topics;
}

/** From the first committed rows to the last: rate and processor time of consumer, PostgreSQL and broker. */
export async function drain(
  servers: DrainServers,
  { count, rows, topics = TOPICS }: Drained,
  start: (subscription: string) => Child,
): Promise<Sample> {
  const { postgres, pulsar } = servers;
  const subscription = `bench-${randomUUID()}`;
  await subscribeAll(pulsar, subscription, topics);
  const sql = new Client({ connectionString: postgres.url });
  await sql.connect();
  const counted = async () => Number((await sql.query<{ n: string }>(rows)).rows[0]!.n);
  const before = await counted();
  const child = start(subscription);
  const parts = { consumer: child.pid, PostgreSQL: postgres.pid, broker: pulsar.pid };
  const used = () => Object.entries(parts).map(([part, pid]) => [part, processorTimeUs(pid)] as const);
  try {
    await until('the first row', 60_000, async () => (await counted()) > before);
    const first = await counted();
    const cpu = used();
    const begin = performance.now();
    await until('the last row', 600_000, async () => (await counted()) >= before + count);
    const seconds = (performance.now() - begin) / 1000;
    const last = await counted();
    const measured = last - first;
    const after = new Map(used());
    return {
      rate: measured / seconds,
      cpu: Object.fromEntries(cpu.map(([part, us]) => [part, (after.get(part)! - us) / measured])),
    };
  } finally {
    await child.stop();
    await sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m, dead_letters');
    await sql.query('checkpoint'); // so that WAL files are recycled: a new one is filled with zeros before it is used
    await sql.end();
  }
}

/** The service as it is run, on the backlog of three topics. */
export const drainedByService = (
  servers: DrainServers,
  count: number,
  client: PulsarClient,
  topics = TOPICS,
): Contender => ({
  name: `monitoreo, ${client === 'websocket' ? 'WebSocket' : client}`,
  run: async () => {
    const port = await freePort();
    const { postgres, pulsar } = servers;
    const rows = 'select coalesce(sum(n), 0) as n from event_counts_15m';
    return drain(servers, { count, rows, topics }, (subscription) =>
      startNode(join(process.cwd(), 'dist/main.js'), [], {
        DATABASE_URL: postgres.url,
        PULSAR_SERVICE_URL: pulsar.serviceUrl,
        PULSAR_WEB_URL: pulsar.webUrl,
        PULSAR_CLIENT: client,
        PULSAR_TOPIC_CLICKS: topics.click,
        PULSAR_TOPIC_CONVERSIONS: topics.conversion,
        PULSAR_TOPIC_SALES: topics.sale,
        PULSAR_SUBSCRIPTION: subscription,
        PORT: String(port),
        LOG_LEVEL: 'error',
      }),
    );
  },
});

/** One round that is not measured: then the broker's compilers have settled, as on servers that have run for a while. */
export const warmUp = async (servers: DrainServers, count: number): Promise<void> => {
  await drainedByService(servers, count, 'websocket').run(0);
};

/** The usual consumer: one statement a message, then its acknowledgement. Same transport, same broker. */
export const drainedOneByOne = (servers: DrainServers, count: number, way: 'insert' | 'save'): Contender => ({
  name: way === 'insert' ? 'prepared INSERT per message' : 'TypeORM save() per message',
  run: async () => {
    // Every run reads the same backlog: rows of the run before would be conflicts, and updates.
    const source = await openSavedEvents(servers.postgres.url, 1);
    await source.getRepository(savedEvents).clear();
    await source.destroy();
    return drain(servers, { count, rows: 'select count(*) as n from saved_events' }, (subscription) =>
      startNode(join(process.cwd(), '.data/bench/test/bench/one-by-one-consumer.js'), [way], {
        DATABASE_URL: servers.postgres.url,
        PULSAR_SERVICE_URL: servers.pulsar.webUrl.replace('http', 'ws'),
        PULSAR_SUBSCRIPTION: subscription,
      }),
    );
  },
});

const BARE_TABLES = `
  create table bare_events (event_id text, event_type text, occurred_at timestamptz, user_id text, session_id text,
    page_url text, x float8, y float8, viewport_width int, viewport_height int, scroll_y int, conversion_type text,
    amount numeric, currency text);
  create table bare_counts (n int)`;

/** The same adapter with the least behind it: decode, COPY into a table without a key or an index, acknowledge. */
export const drainedBare = (servers: DrainServers, count: number): Contender => ({
  name: 'same adapter, decode and bare COPY (no check, key, index)',
  run: async () => {
    const sql = new Client({ connectionString: servers.postgres.url });
    await sql.connect();
    await sql.query(BARE_TABLES);
    try {
      const rows = 'select coalesce(sum(n), 0) as n from bare_counts';
      return await drain(servers, { count, rows }, (subscription) =>
        startNode(join(process.cwd(), '.data/bench/test/bench/bare-copy-consumer.js'), [], {
          DATABASE_URL: servers.postgres.url,
          PULSAR_SERVICE_URL: servers.pulsar.webUrl.replace('http', 'ws'),
          PULSAR_SUBSCRIPTION: subscription,
        }),
      );
    } finally {
      await sql.query('drop table bare_events, bare_counts');
      await sql.end();
    }
  },
});
