import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { nativeLoads } from './native-loads.js';
import { drainedBare, drainedByService, drainedOneByOne, warmUp } from './drain-stage.js';
import { requests, startBareInserts, startService } from './http-stage.js';
import { bareCopy, ourStore, poisonCost, rowByRowSave } from './storage-stage.js';
import { publishSinkBacklog, SINK_TOPICS } from './sink/sink-backlog.js';
import { ensureSinkJars } from './sink/sink-jars.js';
import { drainedBySink } from './sink/sink-stage.js';
import { publishBacklog, subscribeAll } from './support/backlog.js';
import { benchPostgres, benchPulsar } from './support/bench-servers.js';
import { openStore } from './support/in-process-store.js';
import { compare, printTable } from './support/rounds.js';

const HELP = `npm run bench -- ingest [--part a|b|c|sink|growth] [--rounds 5] [--events 200000] [--seconds 6]
  a       storage stage beside a bare text COPY and TypeORM save()
  b       Pulsar backlog to committed rows, beside a statement per message
  c       POST /track at 64 connections and POST /events with 100 a request, beside a bare INSERT per request
  sink    a backlog with a JSON schema, beside Pulsar's own JDBC sink into a table with one key (jars by Maven, 270 MB, once)
  growth  the storage stage on an empty table and on 10 million rows (--grow-to)`;

/** Until the compilers of a server have settled: in its first seconds a request costs a fifth more than later. */
const WARM_UP_S = 8;

const number = (fallback: string) => ({ type: 'string', default: fallback }) as const;
const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    rounds: number('5'),
    events: number('200000'),
    seconds: number('6'),
    'grow-to': number('10000000'),
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const rounds = Number(values.rounds);
const events = Number(values.events);
const parts = values.part === undefined ? ['a', 'b', 'c'] : [values.part];

/** Ends what a stage started, the last first, also when the stage failed. */
const endings: (() => Promise<void>)[] = [];

async function startPostgres() {
  const postgres = await benchPostgres();
  endings.push(() => postgres.stop());
  return postgres;
}

async function startStore(url: string) {
  const { store, database } = await openStore(url);
  endings.push(() => database.onApplicationShutdown());
  return store;
}

async function storageStage(): Promise<void> {
  const postgres = await startPostgres();
  const store = await startStore(postgres.url);
  const outcomes = await compare(
    [bareCopy(postgres, events * 4), ourStore(postgres, store, events), rowByRowSave(postgres, 2000)],
    rounds,
  );
  printTable('(a) Storage stage: rows committed, ratio to the bare COPY of the same round', outcomes);
  const [, ours, save] = outcomes;
  process.stdout.write(`monitoreo ÷ save(): ${Math.round(ours!.ratio / save!.ratio)}\n`);
  const { clean, poisoned } = await poisonCost(postgres.url, store, 30);
  process.stdout.write(
    `a batch of 1,000 with one row that PostgreSQL refuses ÷ a clean one: ${(poisoned / clean).toFixed(1)}\n`,
  );
}

async function backlogStage(): Promise<void> {
  const postgres = await startPostgres();
  const pulsar = await benchPulsar();
  endings.push(() => pulsar.stop());
  const servers = { postgres, pulsar };
  await subscribeAll(pulsar, 'holder');
  await publishBacklog(pulsar, events);
  await warmUp(servers, events);
  const contenders = [
    drainedByService(servers, events, 'websocket'),
    drainedByService(servers, events, 'direct'),
    drainedOneByOne(servers, 10_000, 'insert'),
    drainedOneByOne(servers, 4_000, 'save'),
    drainedBare(servers, events),
  ];
  if (await nativeLoads()) contenders.push(drainedByService(servers, events, 'native'));
  const outcomes = await compare(contenders, rounds);
  printTable('(b) Pulsar backlog to committed rows, broker and PostgreSQL on the same cores', outcomes);
  const [, direct, insert, save] = outcomes.map(({ ratio }) => ratio);
  process.stdout.write(`direct ÷ WebSocket: ${direct!.toFixed(2)}\n`);
  const times = [insert, save].map((ratio) => (1 / ratio!).toFixed(1));
  process.stdout.write(`monitoreo over WebSocket ÷ INSERT per message: ${times[0]}; ÷ save(): ${times[1]}\n`);
}

async function sinkStage(): Promise<void> {
  const jars = await ensureSinkJars();
  const postgres = await startPostgres();
  const pulsar = await benchPulsar();
  endings.push(() => pulsar.stop());
  const servers = { postgres, pulsar };
  await subscribeAll(pulsar, 'holder', SINK_TOPICS);
  await publishSinkBacklog(pulsar, events);
  const ours = drainedByService(servers, events, 'direct', SINK_TOPICS);
  await ours.run(0); // not measured: the broker's compilers settle
  const outcomes = await compare([drainedBySink(servers, events, jars), ours], rounds);
  printTable("(sink) The same backlog by Pulsar's JDBC sink and by monitoreo, on the same cores", outcomes);
  process.stdout.write(`monitoreo ÷ sink: ${outcomes[1]!.ratio.toFixed(2)}\n`);
}

async function httpStage(): Promise<void> {
  const postgres = await startPostgres();
  const bare = await startBareInserts(postgres);
  endings.push(() => bare.child.stop());
  const service = await startService(postgres);
  endings.push(() => service.child.stop());
  const seconds = Number(values.seconds);
  for (const server of [bare, service]) await requests('warm-up', server, postgres, WARM_UP_S, 1).run(0);
  const outcomes = await compare(
    [
      requests('bare INSERT per request', bare, postgres, seconds, 1),
      requests('POST /track', service, postgres, seconds, 1),
      requests('POST /events, 100 a request', service, postgres, seconds, 100),
    ],
    rounds,
  );
  printTable('(c) HTTP, 64 connections', outcomes);
}

async function growthStage(): Promise<void> {
  const postgres = await startPostgres();
  const store = await startStore(postgres.url);
  const ours = ourStore(postgres, store, events);
  const first = await compare([bareCopy(postgres, events * 4), ours], rounds);
  const sql = new Client({ connectionString: postgres.url });
  await sql.connect();
  for (let rows = 0; rows < Number(values['grow-to']);) {
    await ours.run(0);
    rows = Number((await sql.query<{ n: string }>('select sum(n) as n from event_counts_15m')).rows[0]!.n);
    process.stderr.write(`\rrows: ${rows.toLocaleString('en-US')}`);
  }
  await sql.end();
  const last = await compare([bareCopy(postgres, events * 4), ours], rounds);
  printTable('Growth: on an empty table', first);
  printTable(`Growth: at ${Number(values['grow-to']).toLocaleString('en-US')} rows`, last);
  process.stdout.write(`ratio at the end ÷ ratio at the start: ${(last[1]!.ratio / first[1]!.ratio).toFixed(2)}\n`);
}

const stages: Record<string, () => Promise<void>> = {
  a: storageStage,
  b: backlogStage,
  c: httpStage,
  sink: sinkStage,
  growth: growthStage,
};
for (const part of parts) {
  const stage = stages[part];
  if (!stage) throw new Error(`--part must be one of ${Object.keys(stages).join(', ')}`);
  try {
    await stage();
  } finally {
    for (let end = endings.pop(); end !== undefined; end = endings.pop()) await end();
  }
}
