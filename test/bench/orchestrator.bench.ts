import { Agent } from 'node:http';
import { parseArgs } from 'node:util';
import { AskedChild } from './support/asked-child.js';
import { latencyOf, request } from './support/http-latency.js';

const HELP = `npm run bench -- orchestrator [--rate 50] [--seconds 30] [--delays 5,10,15,20]
  GET /api/dashboard/consolidated at the rate, cache off, 150 posts, over stand-ins that think for so many milliseconds: what the
  orchestrator adds to the slowest of the four, request by request`;

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
const WARM_UP = 200;

const upstreams = AskedChild.start('orchestrator-upstreams.js', { delaysMs });
const service = AskedChild.start('orchestrator-service.js', await upstreams.heard<string[]>());
const url = `${await service.heard<string>()}/api/dashboard/consolidated`;
const agent = new Agent({ keepAlive: true });
const times = new Map<string, number>();

async function one(id: string): Promise<void> {
  const begun = performance.now();
  const { status } = await request(agent, url, { 'x-request-id': id });
  if (status !== 200) throw new Error(`status ${status}`);
  times.set(id, performance.now() - begun);
}

for (let n = 0; n < WARM_UP; n += 1) await one(`warm-${n}`);
times.clear();
// Each begins when it is due, whether or not the one before has ended.
const begun = performance.now();
await Promise.all(
  Array.from({ length: rate * seconds }, async (_, n) => {
    await new Promise((resolve) => setTimeout(resolve, begun + (n * 1000) / rate - performance.now()));
    await one(`n-${n}`);
  }),
);
const slowest = await upstreams.ask<Record<string, number>>();
agent.destroy();
await service.stop();
await upstreams.stop();

const row = (name: string, ms: readonly number[]) => {
  const { p50, p99 } = latencyOf(ms);
  return `| ${name} | ${p50.toFixed(2)} | ${p99.toFixed(2)} |`;
};
const ids = [...times.keys()];
process.stdout.write(
  [
    '',
    `| ${rate} requests/s for ${seconds} s, cache off, 150 posts | p50 ms | p99 ms |`,
    '| --- | --- | --- |',
    row(
      'the answer, as the client sees it',
      ids.map((id) => times.get(id)!),
    ),
    row(
      'the slowest of the four, as it sees itself',
      ids.map((id) => slowest[id]!),
    ),
    row(
      'added to it',
      ids.map((id) => times.get(id)! - slowest[id]!),
    ),
    '',
  ].join('\n'),
);
