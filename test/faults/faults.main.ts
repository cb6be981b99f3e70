import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Auditor } from './auditor-process.js';
import { Cycles, type CycleDone, type CyclePlan } from './cycles.js';
import { oddEnvelopes } from './envelopes/envelopes.js';
import { EventStream } from './event-stream.js';
import type { FaultKind } from './fault-kinds.js';
import { HarnessRun } from './harness-run.js';
import { Load } from './load.js';
import { malformedMessages } from './malformed.js';
import { postgresDown } from './outage.js';
import { plantFaults, type Planted } from './planted-faults.js';
import { Random } from './random.js';
import { failuresOf, killsOf, machine, secretsLine, writeReport, type Report } from './report.js';
import { LONG_SCENARIOS, SCENARIOS } from './scenarios.js';
import { Stage } from './stage.js';
import { verified } from './verified.js';

const HELP = `npm run test:faults -- [options]

Kills, stops and cuts off the service, PostgreSQL and Pulsar under load, and audits after every cycle that nothing is lost,
doubled or altered. Each secret of the services can be recognised: none may turn up in logs, metrics, answers, the audit log or
dead letters. Starts its own servers on free ports, in a folder of the system's temporary directory.

  --cycles <n>    cycles of load, faults, rest, audit (default 60)
  --events <n>    messages and HTTP items over all cycles, a tenth of them duplicates (default 3,600,000)
  --faults <n>    faults in a cycle (default 2)
  --client <name> how the service speaks to Pulsar: direct (default), or websocket
  --seed <n>      repeats the choices (default: another one each time; it is printed)
  --minutes <n>   as many cycles of them as fit in
  --short         the short form: every kind of fault once, less load (about 3 minutes)
  --outage <n>    minutes that PostgreSQL is away while producers go on (default 10; the short form: none; needs Linux)
  --malformed <n> messages that cannot be recorded, of every family as many, among good ones (default 100,000; the short form: 5,000)
  --envelopes <n> messages in odd envelopes (clocks, keys, compressions, chunks and the like), of every family as many, among good
                  ones (default 20,000; the short form: 500)
  --only <parts>  of planted,scenarios,malformed,envelopes,outage,cycles
  --keep          leaves data and ledger for a look when something was found
  --report <dir>  where the report goes (default test/faults/reports; the short form: .data/faults/reports)
  --help`;

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '60' },
    events: { type: 'string', default: '3600000' },
    faults: { type: 'string', default: '2' },
    client: { type: 'string', default: 'direct' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    outage: { type: 'string', default: '10' },
    malformed: { type: 'string' },
    envelopes: { type: 'string' },
    keep: { type: 'boolean', default: false },
    report: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const PARTS = ['planted', 'scenarios', 'malformed', 'envelopes', 'outage', 'cycles'];
const unknown = values.only?.split(',').filter((part) => !PARTS.includes(part));
if (unknown && unknown.length > 0) {
  console.error(`--only knows no ${unknown.join(', ')}`);
  process.exit(1);
}

const { client } = values;
if (client !== 'direct' && client !== 'websocket') {
  console.error(`--client is direct or websocket, not ${client}`);
  process.exit(1);
}

const harness = new HarnessRun(values);
const { say, seed } = harness;
const planted: Planted[] = [];
const cycles: CycleDone[] = [];

/** In the short form each kind that the scenarios leave out, once; the first cycle has none, for the counters. */
const SHORT: readonly CyclePlan[] = [
  { events: 5_000, faults: [] },
  { events: 15_000, faults: ['kill service', 'kill postgresql', 'kill broker'] },
  { events: 30_000, faults: ['stop replica in transaction'] },
  {
    events: 12_000,
    faults: [
      'cut postgresql connections',
      'stall postgresql connections',
      'cut broker connections',
      'stall broker connections',
    ],
  },
  { events: 8_000, faults: ['reset subscription', 'kill service at failpoint', 'rolling restart'] },
];

say(`seed ${seed}`);
const random = new Random(seed);
const stage = await Stage.open(say, client);
harness.endOnSignal(() => stage.close());
await harness.attempt(async () => machine(await stage.serverVersion()), run);
await stage.endReplicas();
const report: Report = { ...harness.facts, planted, cycles, secrets: stage.secrets.canaries.seen() };
say(secretsLine(report));
await harness.end(
  await writeReport(report, harness.folder),
  failuresOf(report),
  `nothing lost, doubled or altered after ${killsOf(cycles)} kills`,
  stage,
);

async function run(): Promise<void> {
  const wanted = (part: string) => values.only === undefined || values.only.split(',').includes(part);
  if (wanted('planted')) planted.push(...(await plantFaults(stage, random, say)));
  if (wanted('scenarios'))
    for (const [name, scenario] of Object.entries({ ...SCENARIOS, ...(values.short ? {} : LONG_SCENARIOS) }))
      await harness.play(name, () => scenario(stage, random));
  if (wanted('malformed')) {
    const count = Number(values.malformed ?? (values.short ? 5_000 : 100_000));
    await harness.play('malformed messages among good ones', () => malformedMessages(stage, random, count));
  }
  if (wanted('envelopes')) {
    const count = Number(values.envelopes ?? (values.short ? 500 : 20_000));
    await harness.play('messages in odd envelopes among good ones', () => oddEnvelopes(stage, random, count));
  }
  const outage = Number(values.outage);
  if (wanted('outage') && !values.short && outage > 0) {
    await harness.play('PostgreSQL down at full rate', () => postgresDown(stage, random, outage));
  }
  if (wanted('cycles')) await runCycles();
}

async function runCycles(): Promise<void> {
  const { ingest } = await stage.startReplicas();
  const auditor = Auditor.start(join(stage.folder, 'ledger'), stage.postgres.url);
  const services = stage.replicas.map(({ url }) => url);
  const access = { key: ingest, canaries: stage.secrets.canaries };
  const target = { webUrl: stage.pulsar.addresses.webUrl, intake: stage.intake, services, access };
  const load = new Load(target, new EventStream(random, `s${seed}`), random, auditor);
  const runner = new Cycles(stage, load, auditor, random);
  const plans = values.short ? SHORT : longPlans(runner);
  for (const [index, plan] of plans.entries()) {
    const last = index === plans.length - 1;
    const done = await runner.run(plan, { full: last });
    cycles.push(done);
    say(line(done, plans.length));
    if (done.failures.length > 0) for (const failure of [...done.failures, ...done.audit.examples]) say(`  ${failure}`);
    if (!last && harness.isOver(values.minutes)) {
      say(
        `${values.minutes} minutes are over after ${cycles.length} of ${plans.length} cycles: a last one without faults`,
      );
      cycles.push(await runner.run({ events: 1_000, faults: [] }, { full: true }));
      break;
    }
  }
  await load.close();
  await auditor.stop();
  await harness.play('npm run verify after the cycles', () => verified(stage.postgres.url));
}

function longPlans(runner: Cycles): CyclePlan[] {
  const count = Number(values.cycles);
  const events = Math.ceil(Number(values.events) / count);
  return Array.from({ length: count }, (_, cycle) => {
    const faults: FaultKind[] = cycle === 0 ? [] : runner.draw(Number(values.faults));
    return { events, faults };
  });
}

function line({ cycle, faults, sent, seconds, audit, failures: found }: CycleDone, of: number): string {
  const rate = Math.round(sent / seconds);
  const what = faults.map(({ kind }) => kind).join(', ') || 'no fault';
  return `cycle ${cycle}/${of}: ${what}: ${audit.facts.toLocaleString('en')} events, ${killsOf(cycles)} kills, ${rate}/s, ${found.length} failures`;
}
