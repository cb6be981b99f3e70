import { sampleData } from '../../src/cli/demo/upstreams/sample-data.js';
import { SERVICES, StandIn } from '../../src/cli/demo/upstreams/stand-in.js';

/** One stand-in in a process of its own; it tells how long it took for each question that is measured, by its request id. */
const { index, delayMs } = JSON.parse(process.argv[2] ?? '{}') as { index: number; delayMs: number };
const took: Record<string, number> = {};
const standIn = await StandIn.start(SERVICES[index]!, sampleData(1), {
  onAnswered: ({ headers }, ms) => {
    const id = String(headers['x-request-id']);
    if (!id.startsWith('warm-')) took[id] = ms;
  },
});
standIn.delayMs = delayMs;
process.on('message', () => process.send?.(took));
process.on('disconnect', () => process.exit(0));
process.send?.(standIn.url);
