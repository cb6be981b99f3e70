import { Agent } from 'node:http';
import { parseArgs } from 'node:util';
import { AskedChild } from './support/asked-child.js';
import { latencyOf, request } from './support/http-latency.js';

const HELP = `npm run bench -- orchestrator [--rate 50] [--seconds 30] [--delays 5,10,15,20]
  GET /api/dashboard/consolidated at the rate, cache off, 150 posts, over stand-ins that think for so many milliseconds. The same
  client asks the slowest stand-in itself at the same rate, before and after, so that what the client and the machine take is in both:
  the difference is what the orchestrator adds. The last two rows take from each request what the slowest stand-in says that it took
  for it; the second of them shows how much of the first is the client's and the machine's`;

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '30' },
    delays: { type: 'string', default: '5,10,15,20' },
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
/** As many as a service has answered that has run for a minute: before, much of it is not compiled yet. */
const WARM_UP = { requests: 3_000, atOnce: 10 };

const upstreams = AskedChild.start('orchestrator-upstreams.js', { delaysMs });
const urls = await upstreams.heard<string[]>();
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

/** Each begins when it is due, whether or not the one before has ended. */
async function atTheRate(asked: string, name: string, forSeconds: number): Promise<number[]> {
  for (let n = 0; n < WARM_UP.requests; n += WARM_UP.atOnce) {
    await Promise.all(Array.from({ length: WARM_UP.atOnce }, (_, k) => one(asked, `warm-${name}-${n + k}`)));
  }
  const begun = performance.now();
  const ids = Array.from({ length: rate * forSeconds }, (_, n) => `${name}-${n}`);
  await Promise.all(
    ids.map(async (id, n) => {
      await new Promise((resolve) => setTimeout(resolve, begun + (n * 1000) / rate - performance.now()));
      await one(asked, id);
    }),
  );
  return ids.map((id) => times.get(id)!);
}

const before = await atTheRate(slowestUrl, 'before', seconds / 3);
const answers = await atTheRate(url, 'answer', seconds);
const after = await atTheRate(slowestUrl, 'after', seconds / 3);
const own = await upstreams.ask<Record<string, number>>();
const beyondItsOwn = (name: string, ms: readonly number[]) => ms.map((each, n) => each - own[`${name}-${n}`]!);
agent.destroy();
await service.stop();
await upstreams.stop();

const row = (name: string, { p50, p99 }: { p50: number; p99: number }) =>
  `| ${name} | ${p50.toFixed(2)} | ${p99.toFixed(2)} |`;
const [asked, direct] = [latencyOf(answers), latencyOf([...before, ...after])];
const beyond = latencyOf(beyondItsOwn('answer', answers));
const directBeyond = latencyOf([...beyondItsOwn('before', before), ...beyondItsOwn('after', after)]);
process.stdout.write(
  [
    '',
    `| ${rate} requests/s for ${seconds} s, cache off, 150 posts | p50 ms | p99 ms |`,
    '| --- | --- | --- |',
    row('the answer, as the client sees it', asked),
    row('the slowest of the four, asked by the same client itself', direct),
    row('added: the difference', { p50: asked.p50 - direct.p50, p99: asked.p99 - direct.p99 }),
    row('the answer beyond what the slowest says it took, request by request', beyond),
    row('the slowest, asked by the same client itself, beyond what it says it took', directBeyond),
    '',
  ].join('\n'),
);
