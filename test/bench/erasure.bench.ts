import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { verifyProjections } from '../../src/events/application/projections/verify-projections.js';
import { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import { PostgresProjections } from '../../src/events/infrastructure/postgres/projections/postgres-projections.js';
import type { PersonErasure } from '../../src/people/application/answers/erasure.answer.js';
import { tablesHolding } from '../people/tables-holding.js';
import type { Written } from './live-writer.js';
import { AskedChild } from './support/asked-child.js';
import { benchEvent } from './support/bench-events.js';
import { benchPostgres } from './support/bench-servers.js';
import { percentile } from './support/http-latency.js';
import { openStore } from './support/in-process-store.js';

const HELP = `npm run bench -- erasure [--events 100000] [--rate 3000] [--rounds 3]
  a person of so many events is erased while others arrive at a fixed rate through POST /events: how long that takes, and how long
  each batch takes to be recorded meanwhile, beside the same time without an erasure; every round anew. Then the counts are compared
  with the events, and every column of every table is searched for the persons. Exits with 1 where something of them is left, a
  count is wrong, or the median of p99 with an erasure ÷ without one is above 2`;

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    rate: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const [count, rate, rounds] = [values.events, values.rate, values.rounds].map(Number) as [number, number, number];
const PERSON = 'person-';
const BATCH = 2_000;
/** The writer and the caches of the server are warm. */
const SETTLED_MS = 5_000;
const ASKED_AGAIN_MS = 200;
const DAY_MS = 86_400_000;

const say = (line: string) => void process.stdout.write(`${line}\n`);
const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const shown = ({ lags, refused }: Written) =>
  `p50 ${percentile(lags, 0.5).toFixed(1)} ms, p99 ${percentile(lags, 0.99).toFixed(1)} ms${refused ? ` (${refused} of ${lags.length + refused} batches refused)` : ''}`;

const postgres = await benchPostgres();
const environment = { ERASURE_KEY: 'a key of the bench, which is long enough' };
const service = AskedChild.start('live-service.js', { databaseUrl: postgres.url, environment });
const client = new Client({ connectionString: postgres.url });
const ratios: number[] = [];
let holds: boolean;
try {
  const { url } = await service.heard<{ url: string }>();
  await client.connect();
  const { store, database } = await openStore(postgres.url);
  const writer = AskedChild.start('live-writer.js', { url, rate });
  await writer.heard();
  for (let round = 1; round <= rounds; round += 1) {
    const userId = `${PERSON}${round}`;
    for (let from = 0; from < count; from += BATCH)
      await store.append(eventsOf(userId, from, Math.min(BATCH, count - from)));
    await client.query('checkpoint');
    await pass(SETTLED_MS);
    await writer.ask();

    const began = performance.now();
    const done = await erased(url, userId);
    const seconds = (performance.now() - began) / 1000;
    const beside = await writer.ask<Written>();
    await pass(SETTLED_MS);
    await writer.ask();
    await pass(seconds * 1_000);
    const alone = await writer.ask<Written>();
    const ratio = percentile(beside.lags, 0.99) / percentile(alone.lags, 0.99);
    ratios.push(ratio);
    say(
      `round ${round}: ${done.events} events of a person erased in ${seconds.toFixed(1)} s at ${rate} events/s; recording lag beside it ${shown(beside)}, ` +
        `without it ${shown(alone)}: p99 × ${ratio.toFixed(2)}`,
    );
  }
  const median = percentile(ratios, 0.5);
  say(`p99 beside an erasure ÷ without: median ${median.toFixed(2)} (at most 2)`);
  await writer.stop();
  const { rows } = await client.query<{ facts: string; nameless: string; counted: string }>(
    `select (select count(*) from events) as facts, (select count(*) from events where user_id is null) as nameless,
       (select sum(n) from event_counts_15m) as counted`,
  );
  const { facts, nameless, counted } = rows[0]!;
  const { difference } = await verifyProjections(new PostgresProjections(client), DAY_MS, () => undefined);
  const holding = await tablesHolding(client, PERSON);
  say(
    `events ${facts}, of nobody ${nameless} of ${rounds * count}, counted ${counted}; verify: ${difference ? JSON.stringify(difference) : 'no difference'}; ` +
      `tables that still name a person: ${holding.join(', ') || 'none'}`,
  );
  holds =
    median <= 2 && facts === counted && Number(nameless) === rounds * count && !difference && holding.length === 0;
  await database.onApplicationShutdown();
} finally {
  await client.end();
  await service.stop();
  await postgres.stop();
}
process.exit(holds ? 0 : 1);

/** Spread over the last 30 days. */
function eventsOf(userId: string, from: number, many: number): TrackedEvent[] {
  const now = Date.now();
  return Array.from({ length: many }, (_, n) => {
    const { type, payload } = benchEvent(from + n, now);
    const timestamp = now - ((from + n) * 30 * DAY_MS) / count;
    return TrackedEvent.record(
      {
        body: JSON.stringify({ ...payload, user_id: userId, timestamp: Math.floor(timestamp) }),
        intake: 'http',
        eventType: type,
        receivedAt: now,
        fallbackTime: now,
        attributes: {},
        mintKey: () => userId,
        messageId: null,
        userAgent: 'Mozilla/5.0',
      },
      { maxEventAgeDays: 400 },
    );
  });
}

/** Asked until it is done, also where the service has too much to do to answer. */
async function erased(url: string, userId: string): Promise<PersonErasure> {
  for (;;) {
    const response = await fetch(`${url}/users/${userId}`, { method: 'DELETE' });
    if (response.status === 200) return (await response.json()) as PersonErasure;
    const answer = await response.text();
    if (response.status === 503 && answer.includes('"overloaded"')) await pass(ASKED_AGAIN_MS);
    else if (response.status !== 202) throw new Error(`DELETE: ${response.status} ${answer}`);
  }
}
