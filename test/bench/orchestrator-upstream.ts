import { sampleData } from '../../src/cli/demo/upstreams/sample-data.js';
import { SERVICES, StandIn } from '../../src/cli/demo/upstreams/stand-in.js';

/** The four stand-ins in a process of their own; they tell how long the slowest took for each question, by its request id. */
const { delaysMs } = JSON.parse(process.argv[2] ?? '{}') as { delaysMs: number[] };
const slowest: Record<string, number> = {};
const data = sampleData(1);
const urls: string[] = [];
for (const [index, service] of SERVICES.entries()) {
  const standIn = await StandIn.start(service, data, {
    onAnswered: ({ headers }, ms) => {
      const id = String(headers['x-request-id']);
      slowest[id] = Math.max(slowest[id] ?? 0, ms);
    },
  });
  standIn.delayMs = delaysMs[index]!;
  urls.push(standIn.url);
}
process.on('message', () => process.send?.(slowest));
process.on('disconnect', () => process.exit(0));
process.send?.(urls);
