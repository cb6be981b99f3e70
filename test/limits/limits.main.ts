import { parseArgs } from 'node:util';
import * as canaries from './canaries.js';
import * as overload from './overload.js';
import { type PartDone, writeReport } from './report.js';
import * as slowloris from './slowloris.js';
import type { Outcome, Say } from './stage.js';

const HELP = `npm run test:limits -- <part> [options]

What happens above the limits, and what leaks. Starts a PostgreSQL and a service of its own on free loopback ports; exits with
1 when a bound is broken. Without a part: all of them.

  slowloris   requests that never end beside others: the others' p99 at most twice what it is alone, none refused
    --connections <n>  (default 1,000)   --rounds <n>  alone and beside in turn (default 3)   --seconds <n>  of each (default 10)
  overload    a PostgreSQL of about 500 events a second is offered more: p99 of those let in at most twice the unloaded or 50 ms,
              the rest 429 or 503 with Retry-After, memory at most 512 MB, nothing acknowledged lost
    --rate <n>  posts a second (default 5,000)   --seconds <n>  (default 60)
  canaries    every secret is one that can be recognised, PostgreSQL stalls and breaks off: none in logs, metrics, errors or the
              audit log, no key or cookie with the services behind the orchestrator
    --seconds <n>  of each fault (default 10)

  --short        a few seconds of each
  --report <dir> where the report goes (default test/limits/reports; the short form: .data/limits/reports)
  --help`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: 'string' },
    rounds: { type: 'string' },
    rate: { type: 'string' },
    seconds: { type: 'string' },
    short: { type: 'boolean', default: false },
    report: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const from = performance.now();
const say: Say = (line) =>
  console.log(`${String(Math.round((performance.now() - from) / 1000)).padStart(5)} s  ${line}`);
/** As given, else the default of the long or of the short form. */
const number = (given: string | undefined, long: number, short: number): number =>
  given === undefined ? (values.short ? short : long) : Number(given);

const PARTS: Readonly<Record<string, () => Promise<Outcome>>> = {
  slowloris: async () => {
    const connections = number(values.connections, 1_000, 100);
    const [rounds, seconds] = [number(values.rounds, 3, 1), number(values.seconds, 10, 3)];
    return slowloris.judge(await slowloris.slowloris({ connections, rounds, seconds, maxDelayMs: 100 }, say));
  },
  overload: async () => {
    const [rate, seconds] = [number(values.rate, 5_000, 2_000), number(values.seconds, 60, 4)];
    return overload.judge(await overload.overload({ rate, seconds, unloadedSeconds: values.short ? 3 : 15 }, say));
  },
  canaries: async () => canaries.judge(await canaries.canaries({ seconds: number(values.seconds, 10, 2) }, say)),
};

const wanted = positionals.length === 0 ? Object.keys(PARTS) : positionals;
const unknown = wanted.filter((part) => !Object.hasOwn(PARTS, part));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}: ${Object.keys(PARTS).join(', ')}`);
  process.exit(1);
}

const started = new Date();
const options = Object.entries(values)
  .flatMap(([name, value]) =>
    name === 'report' || value === false ? [] : [`--${name}${value === true ? '' : ` ${value}`}`],
  )
  .join(' ');
const done: PartDone[] = [];
for (const part of wanted) {
  say(part);
  const began = performance.now();
  const { figures, broken } = await PARTS[part]!().catch((error: unknown) => ({
    figures: {},
    broken: [`it did not come to its end: ${(error as Error).stack}`],
  }));
  done.push({ part, options, seconds: Math.round((performance.now() - began) / 1000), figures, broken });
  for (const [name, value] of Object.entries(figures)) say(`${part}: ${name}: ${value}`);
  for (const one of broken) say(`${part}: BROKEN: ${one}`);
}
const folder = values.report ?? (values.short ? '.data/limits/reports' : 'test/limits/reports');
say(`report: ${await writeReport(folder, started, done)}`);
process.exit(done.every(({ broken }) => broken.length === 0) ? 0 : 1);
