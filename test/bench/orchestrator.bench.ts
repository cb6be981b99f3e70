import { Agent } from 'node:http';
import { parseArgs } from 'node:util';
import { AskedChild } from './support/asked-child.js';
import { latencyOf, request } from './support/http-latency.js';

const HELP = `npm run bench -- orchestrator [--rate 50] [--seconds 30] [--delays 5,10,15,20] [--arrivals spread|even]
  GET /api/dashboard/consolidated at the rate, cache off, 150 posts, over stand-ins that think for so many milliseconds, each in a
  process of its own. Requests come as from clients that know nothing of each other (spread), or one every 1 / rate seconds (even):
  at 50 a second that is the delay of the slowest stand-in, so each answer meets the beginning of the next request. The same client
  asks the slowest stand-in itself in the same way, before and after, so that what the client and the machine take is in both: the
  difference is what the orchestrator adds. The last two rows take from each request what the slowest stand-in says that it took for
  it; the second of them shows how much of the first is the client's and the machine's`;

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '30' },
    delays: { type: 'string', default: '5,10,15,20' },
    arrivals: { type: 'string', default: 'spread' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const [rate, seconds] = [Number(values.rate), Number(values.seconds)];
const delaysMs = values.delays.split(',').map(Number);
if (Math.max(...delaysMs) !== delaysMs[3]) throw new Error('--delays: the last one must be the longest');
if (!['spread', 'even'].includes(values.arrivals)) throw new Error('--arrivals: spread or even');
/** As many as a service has answered that has run for a minute: before, much of it is not compiled yet. */
const WARM_UP = { requests: 3_000, atOnce: 10 };

const upstreams = delaysMs.map((delayMs, index) => AskedChild.start('orchestrator-upstream.js', { index, delayMs }));
const urls = await Promise.all(upstreams.map((upstream) => upstream.heard<string>()));
const service = AskedChild.start('orchestrator-service.js', urls);
const slowestUrl = `${urls[3]!}/getDashboardInfo`;
const url = `${await service.heard<string>()}/api/dashboard/consolidated`;
const agent = new Agent({ keepAlive: true });
const times = new Map<string, number>();

async function one(asked: string, id: string): Promise<void> {
  const begun = performance.now();
  const { status } = await request(agent, asked, { 'x-request-id': id });
  if (status !== 200) throw new Error(`status ${status}`);
  times.set(id, performance.now() - begun);
}

/** When each is due, milliseconds: either at the same distance, or anywhere in the time (a Poisson process of as many). */
function arrivals(forSeconds: number): number[] {
  const evenly = Array.from({ length: rate * forSeconds }, (_, n) => (n * 1000) / rate);
  return values.arrivals === 'even'
    ? evenly
    : evenly.map(() => Math.random() * forSeconds * 1000).sort((a, b) => a - b);
}

/** Each begins when it is due, whether or not the one before has ended. */
async function atTheRate(asked: string, name: string, forSeconds: number): Promise<number[]> {
  for (let n = 0; n < WARM_UP.requests; n += WARM_UP.atOnce) {
    await Promise.all(Array.from({ length: WARM_UP.atOnce }, (_, k) => one(asked, `warm-${name}-${n + k}`)));
  }
  const begun = performance.now();
  const due = arrivals(forSeconds);
  await Promise.all(
    due.map(async (ms, n) => {
      await new Promise((resolve) => setTimeout(resolve, begun + ms - performance.now()));
      await one(asked, `${name}-${n}`);
    }),
  );
  return due.map((_, n) => times.get(`${name}-${n}`)!);
}

const before = await atTheRate(slowestUrl, 'before', seconds / 3);
const answers = await atTheRate(url, 'answer', seconds);
const after = await atTheRate(slowestUrl, 'after', seconds / 3);
const took = await Promise.all(upstreams.map((upstream) => upstream.ask<Record<string, number>>()));
const slowestOf = (id: string) => Math.max(...took.map((times) => times[id] ?? 0));
const beyondItsOwn = (name: string, ms: readonly number[]) => ms.map((each, n) => each - slowestOf(`${name}-${n}`));
agent.destroy();
await service.stop();
await Promise.all(upstreams.map((upstream) => upstream.stop()));

const row = (name: string, { p50, p99 }: { p50: number; p99: number }) =>
  `| ${name} | ${p50.toFixed(2)} | ${p99.toFixed(2)} |`;
const [asked, direct] = [latencyOf(answers), latencyOf([...before, ...after])];
const beyond = latencyOf(beyondItsOwn('answer', answers));
const directBeyond = latencyOf([...beyondItsOwn('before', before), ...beyondItsOwn('after', after)]);
process.stdout.write(
  [
    '',
    `| ${rate} requests/s (${values.arrivals}) for ${seconds} s, cache off, 150 posts | p50 ms | p99 ms |`,
    '| --- | --- | --- |',
    row('the answer, as the client sees it', asked),
    row('the slowest of the four, asked by the same client itself', direct),
    row('added: the difference', { p50: asked.p50 - direct.p50, p99: asked.p99 - direct.p99 }),
    row('the answer beyond what the slowest says it took, request by request', beyond),
    row('the slowest, asked by the same client itself, beyond what it says it took', directBeyond),
    '',
  ].join('\n'),
);
