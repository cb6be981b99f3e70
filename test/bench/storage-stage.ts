import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EventStore } from '../../src/events/application/event-store.port.js';
import { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import { openSavedEvents, savedEvents, type SavedEvent } from './saved-events.js';
import { benchEvent } from './support/bench-events.js';
import type { BenchPostgres } from './support/bench-servers.js';
import { processorTimeUs } from './support/processor-time.js';
import type { Contender, Sample } from './support/rounds.js';

const BATCH = 2000;
/** In flight at once: what the consumer of three topics keeps. */
const APPENDS = 4;

/** Fresh ids each time: nothing here is a duplicate. */
export function trackedEvents(count: number): TrackedEvent[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, n) => {
    const { type, payload } = benchEvent(n, now);
    return TrackedEvent.record(
      {
        body: JSON.stringify(payload),
        intake: 'pulsar',
        eventType: type,
        receivedAt: now,
        fallbackTime: now,
        attributes: {},
        mintKey: () => '',
        messageId: `1:${n}:-1:0`,
        userAgent: null,
      },
      { maxEventAgeDays: 400 },
    );
  });
}

export async function measure(postgres: BenchPostgres, count: number, work: () => Promise<void>): Promise<Sample> {
  const node = process.cpuUsage();
  const server = processorTimeUs(postgres.pid);
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(node);
  return {
    rate: count / seconds,
    cpu: { Node: (used.user + used.system) / count, PostgreSQL: (processorTimeUs(postgres.pid) - server) / count },
  };
}

export const ourStore = (postgres: BenchPostgres, store: EventStore, count: number): Contender => ({
  name: 'monitoreo: identity, facts, 4 indexes, projections',
  run: () => {
    const events = trackedEvents(count);
    return measure(postgres, count, async () => {
      let next = 0;
      const worker = async () => {
        while (next < count) {
          const verdicts = await store.append(events.slice(next, (next += BATCH)));
          if (verdicts.some(({ status }) => status !== 'recorded')) throw new Error('an event was not recorded');
        }
      };
      await Promise.all(Array.from({ length: APPENDS }, worker));
    });
  },
});

const BARE_TABLE = `create table if not exists bare (event_key uuid, event_type text, event_id text, occurred_at timestamptz(3), received_at timestamptz(3),
  user_id text, session_id text, page_url text, page_key bigint, x float8, y float8, viewport_width int, viewport_height int, scroll_y int, user_agent text,
  reaction text, conversion_type text, amount numeric(20,4), currency text, properties jsonb, intake text, message_id text)`;

/** The same rows, encoded before the clock starts, in one stream into a logged table without a key or an index. */
export const bareCopy = (postgres: BenchPostgres, count: number): Contender => ({
  name: 'bare text COPY (no key, no index, no projection)',
  run: async () => {
    const text = trackedEvents(count).map(copyLine).join('');
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(BARE_TABLE);
    await client.query('truncate bare');
    const chunks = Array.from({ length: Math.ceil(text.length / 65_536) }, (_, n) =>
      text.slice(n * 65_536, (n + 1) * 65_536),
    );
    const sample = await measure(postgres, count, () =>
      pipeline(Readable.from(chunks), client.query(copyFrom('copy bare from stdin'))),
    );
    await client.end();
    return sample;
  },
});

const copyLine = (event: TrackedEvent): string =>
  [
    event.eventKey,
    event.eventType,
    event.eventId,
    new Date(event.occurredAt).toISOString(),
    new Date(event.receivedAt).toISOString(),
    event.userId,
    event.sessionId,
    event.pageUrl,
    event.pageKey,
    event.x,
    event.y,
    event.viewportWidth,
    event.viewportHeight,
    event.scrollY,
    event.userAgent,
    event.reaction,
    event.conversionType,
    event.amount,
    event.currency,
    event.properties,
    event.intake,
    event.messageId,
  ]
    .map((value) => (value === null ? '\\N' : String(value)))
    .join('\t') + '\n';

/** Most services of this kind do this: `await repository.save(event)`, one event at a time. */
export const rowByRowSave = (postgres: BenchPostgres, count: number): Contender => ({
  name: 'TypeORM save(), row by row (key, 2 indexes)',
  run: async () => {
    const source = await openSavedEvents(postgres.url);
    const repository = source.getRepository(savedEvents);
    const events = trackedEvents(count).map(toSaved);
    const sample = await measure(postgres, count, async () => {
      for (const event of events) await repository.save(event);
    });
    await source.destroy();
    return sample;
  },
});

const toSaved = (event: TrackedEvent): SavedEvent => ({
  event_id: event.eventId,
  event_type: event.eventType,
  occurred_at: new Date(event.occurredAt),
  user_id: event.userId,
  session_id: event.sessionId,
  page_url: event.pageUrl,
  x: event.x,
  y: event.y,
  amount: event.amount,
  currency: event.currency,
});

/** A batch of 1,000 of which PostgreSQL refuses one row, beside a clean one: median milliseconds of each, interleaved. */
export async function poisonCost(
  url: string,
  store: EventStore,
  pairs: number,
): Promise<{ clean: number; poisoned: number }> {
  const sql = new Client({ connectionString: url });
  await sql.connect();
  await sql.query(`alter table events add constraint planted_by_bench check (user_id <> 'poison')`);
  const times = { clean: [] as number[], poisoned: [] as number[] };
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const kind of ['clean', 'poisoned'] as const) {
      const events: TrackedEvent[] = trackedEvents(1000);
      const place = Math.floor(Math.random() * events.length);
      if (kind === 'poisoned') Object.assign(events[place]!, { userId: 'poison' });
      const start = performance.now();
      const verdicts = await store.append(events);
      times[kind].push(performance.now() - start);
      const refused = verdicts.filter(({ status }) => status === 'rejected').length;
      if (refused !== (kind === 'clean' ? 0 : 1)) throw new Error(`${refused} rows refused in a ${kind} batch`);
    }
  }
  await sql.query('alter table events drop constraint planted_by_bench');
  await sql.end();
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
  return { clean: median(times.clean), poisoned: median(times.poisoned) };
}
