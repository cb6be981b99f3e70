import { parseArgs } from 'node:util';
import { endRun, makeRunFolder } from '../../support/run-folder.js';
import { tell } from '../../support/test-run.js';
import { EventStream } from '../event-stream.js';
import { HarnessRun } from '../harness-run.js';
import { Random } from '../random.js';
import { machine } from '../report.js';
import { verified } from '../verified.js';
import { type PlantedInMerges, PlantedFaults } from './planted-in-merges.js';
import { raisedFloor } from './raised-floor.js';
import { type RegionCycle, type RegionCyclePlan, RegionCycles } from './region-cycles.js';
import { failuresOf, type RegionsRun, totals, writeRegionsReport } from './regions-report.js';
import { RegionsLedger } from './audit/regions-ledger.js';
import { TwoStacks } from './two-stacks.js';

const HELP = `npm run test:regions -- [options]

Two whole regions on this machine (two PostgreSQL, two Pulsar, two services), with load through FailoverClient and through
Pulsar. The first region, or a part of it, is killed or cut off; it comes back, both are merged in either order, and an
auditor compares both databases with what senders were told: nothing lost, doubled or altered, both the same but for conflicts.

  --cycles <n>   outages of the primary (default 50), each in a cycle of load, outage, return, merges, audit
  --rate <n>     events a second while load runs, over all ways (default 400)
  --seed <n>     repeats the choices (default: another one each time; it is printed)
  --minutes <n>  as many cycles of them as fit in
  --short        the short form: three outages (about a minute)
  --keep         leaves the data for a look when something was found
  --report <dir> where the report goes (default test/faults/reports; the short form: .data/faults/reports)
  --help`;

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '50' },
    rate: { type: 'string', default: '400' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    short: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    report: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

/** Without outages: the auditor must find nothing before it is tested, and the conflicts are planted. */
const CALM: RegionCyclePlan = { outage: null, bothWrite: true, mergeUnderWay: false };
/** A broker takes longer to come back than all of this. */
const SHORT: readonly RegionCyclePlan[] = [
  { outage: 'kill service', bothWrite: true, mergeUnderWay: true },
  { outage: 'kill postgresql', bothWrite: false, mergeUnderWay: false },
  { outage: 'cut off', bothWrite: true, mergeUnderWay: false },
];

const harness = new HarnessRun(values);
const { say, seed } = harness;
const planted: PlantedInMerges[] = [];
const cycles: RegionCycle[] = [];

say(`seed ${seed}; starting two PostgreSQL, two Pulsar, two services`);
const random = new Random(seed);
const runFolder = await makeRunFolder();
tell('runFolder', runFolder);
let opened: TwoStacks | null = null;
harness.endOnSignal(() => opened?.close() ?? endRun(runFolder));
const stacks = (opened = await TwoStacks.open(runFolder));
await harness.attempt(async () => machine(await stacks.serverVersion()), run);
const report: RegionsRun = { ...harness.facts, planted, cycles };
const { outages, events, served_again_p99_ms: p99 } = totals(report);
await harness.end(
  await writeRegionsReport(report, harness.folder),
  failuresOf(report),
  `nothing lost, doubled or altered after ${outages} outages over ${events} events, both regions the same, served again within ${p99} ms (p99)`,
  stacks,
);

async function run(): Promise<void> {
  const ledger = new RegionsLedger();
  const stream = new EventStream(random, `r${seed}`);
  const runner = new RegionCycles(stacks, stream, ledger, random, Number(values.rate));
  try {
    const plans = values.short ? SHORT : Array.from({ length: Number(values.cycles) }, () => runner.draw());
    await cycle(runner, CALM, plans.length);
    planted.push(...(await new PlantedFaults(stacks, runner, stream, ledger, random).plant(say)));
    for (const plan of plans) {
      await cycle(runner, plan, plans.length);
      if (!harness.isOver(values.minutes)) continue;
      say(`${values.minutes} minutes are over after ${cycles.length - 1} of ${plans.length} outages`);
      break;
    }
    await harness.play('npm run verify in both regions', async () =>
      (await Promise.all(stacks.both.map(({ postgres }) => verified(postgres.url)))).join('; '),
    );
    if (!values.short) {
      await harness.play('one region keeps less than the other', () => raisedFloor(stacks, runner, stream, ledger));
    }
  } finally {
    await runner.close();
  }
}

async function cycle(runner: RegionCycles, plan: RegionCyclePlan, of: number): Promise<void> {
  const done = await runner.run(plan);
  cycles.push(done);
  const { audit, outage, bothWrite, mergeUnderWay, servedAgainMs, failures: found } = done;
  const how = [bothWrite && 'both wrote', mergeUnderWay && 'a merge under way'].filter(Boolean).join(', ');
  const served = servedAgainMs === null ? '' : `served again after ${servedAgainMs} ms, `;
  say(
    `cycle ${done.cycle}/${of + 1}: ${outage ?? 'no outage'}${how === '' ? '' : ` (${how})`}: ${served}${audit.told.toLocaleString('en')} events in both, ${audit.conflicts} conflicts, ${found.length} failures`,
  );
  for (const failure of found) say(`  ${failure}`);
}
