import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { RecordEventHandler } from '../../src/events/application/record-event.command.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { Merger } from '../../src/regions/application/merging/merger.js';
import { RegionList } from '../../src/regions/domain/region-list.js';
import { HttpOtherRegion } from '../../src/regions/infrastructure/http/http-other-region.js';
import { PostgresConflictStore } from '../../src/regions/infrastructure/postgres/postgres-conflict-store.js';
import { PostgresForeseenFacts } from '../../src/regions/infrastructure/postgres/postgres-foreseen-facts.js';
import { PostgresMergeLog } from '../../src/regions/infrastructure/postgres/postgres-merge-log.js';
import * as catalogue from '../../src/slices.js';
import { trackedEvents } from './storage-stage.js';
import { AskedChild } from './support/asked-child.js';
import { benchPostgres } from './support/bench-servers.js';
import { processorTimeUs } from './support/processor-time.js';
import { openStore } from './support/in-process-store.js';

const HELP = `npm run bench -- regions [--events 1000000]
  so many events are recorded in one region, and merged into another one: both rates and their ratio, memory of the merging
  process and of the service that is read, both servers on this machine; then the same again from the beginning, all known`;

const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const count = Number(values.events);
const ROUND = 100_000;
const BATCH = 2_000;
const APPENDS = 4;
const say = (line: string) => void process.stdout.write(`${line}\n`);
const residentMb = (pid: number) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024);

const [here, there] = [await benchPostgres(), await benchPostgres()];
const service = AskedChild.start('live-service.js', { databaseUrl: there.url });
try {
  const { url } = await service.heard<{ url: string }>();
  const recording = await openStore(there.url);
  let recordedMs = 0;
  for (let done = 0; done < count; done += ROUND) {
    const events = trackedEvents(Math.min(ROUND, count - done));
    const began = performance.now();
    let next = 0;
    const worker = async () => {
      while (next < events.length) await recording.store.append(events.slice(next, (next += BATCH)));
    };
    await Promise.all(Array.from({ length: APPENDS }, worker));
    recordedMs += performance.now() - began;
  }
  const recordingRate = Math.round((count / recordedMs) * 1000);
  say(`recorded ${count} events: ${recordingRate}/s`);

  const { store, database, erasures } = await openStore(here.url);
  const nothing = () => Promise.resolve();
  const nobody = () => false;
  const fits = () => Promise.resolve(true);
  const nobodyErased = { fits, take: nothing, anySince: nobody, isErased: nobody, twins: nothing };
  const config = loadConfig(Object.values(catalogue), {}).with({
    DATABASE_URL: here.url,
    REGIONS: RegionList.parse(`b=${url}`),
    PULSAR_CLUSTER: 'a',
  });
  const logger = pino({ level: 'error' }, process.stderr);
  const handler = new RecordEventHandler(store, { count: () => undefined }, config, logger);
  const merger = new Merger({
    other: new HttpOtherRegion(config),
    record: (command) => handler.execute(command),
    log: new PostgresMergeLog(database, config, new Clock()),
    conflicts: new PostgresConflictStore(database, erasures),
    foreseen: new PostgresForeseenFacts(database),
    erasures: nobodyErased,
    config,
    logger,
  });
  const processors = () => {
    const { user, system } = process.cpuUsage();
    return [user + system, processorTimeUs(here.pid), processorTimeUs(service.pid), processorTimeUs(there.pid)];
  };
  const merge = async (what: string, since: number | null) => {
    let mine = Infinity;
    let theirs = Infinity;
    let seen = 0;
    let [most, mostThere] = [0, 0];
    const before = processors();
    const began = performance.now();
    const asked = { region: 'b', since, dryRun: false, actor: 'bench' };
    const running = await merger.begin(asked, new AbortController().signal, ({ tally }) => {
      const sum = (Object.values(tally) as number[]).reduce((total, n) => total + n, 0);
      // What it takes once, it has after the first tenth.
      if (seen < count / 10 && sum >= count / 10) [mine, theirs] = [residentMb(process.pid), residentMb(service.pid)];
      seen = sum;
      most = Math.max(most, residentMb(process.pid));
      mostThere = Math.max(mostThere, residentMb(service.pid));
    });
    const { tally, state, detail } = await running.done;
    const rate = Math.round((count / (performance.now() - began)) * 1000);
    const used = processors().map((time, n) => ((time - before[n]!) / count).toFixed(1));
    say(
      `${what}: ${state}${detail ? ` (${detail})` : ''}, ${JSON.stringify(tally)}, ${rate}/s, ${(rate / recordingRate).toFixed(2)} of recording; ` +
        `memory grew by ${most - mine} MB here and ${mostThere - theirs} MB there; ` +
        `processor time an event: ${used[0]} µs of Node and ${used[1]} of PostgreSQL here, ${used[2]} and ${used[3]} there`,
    );
  };
  await merge('merged', null);
  await merge('again from the beginning', Date.parse('2000-01-01T00:00:00Z'));
} finally {
  await service.stop();
  await Promise.all([here.stop(), there.stop()]);
}
process.exit(0);
