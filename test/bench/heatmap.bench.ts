import { parseArgs } from 'node:util';
import { readsPart, recordingPart } from './heatmap-stage.js';
import { loadedClicks } from './support/heatmap-data.js';
import { dataServer } from './support/reads-data.js';

const HELP = `npm run bench -- heatmap [--part load|reads|recording] [--clicks 10000000] [--seconds 20] [--events 200000] [--rounds 11]
  load       so many clicks over 7 days with their views and scrolls, a page with a hundredth and one with a tenth of them, kept in
             .data/bench-data for the next run; reads loads what is missing
  reads      p50 and p99 over HTTP of the summary of both pages, cache off, compared with a plain recount of the rows: with and without
             a class of device, with elements, of a user. Each in a new process, so that the first two (which keep the hours of a busy
             page) are told, and are among the p99. Then the pages, first and kept. Exits with 1 above a bound
  recording  the storage stage with the index of page clicks before and the three of now, in turn; exits with 1 below 0.97`;

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    clicks: { type: 'string', default: '10000000' },
    seconds: { type: 'string', default: '20' },
    events: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '11' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const wants = (part: string) => values.part === undefined || values.part === part;

let holds = true;
if (wants('load') || wants('reads')) {
  const server = await dataServer();
  try {
    const database = await loadedClicks(server, Number(values.clicks));
    if (wants('reads')) holds = await readsPart(database, Number(values.seconds));
  } finally {
    await server.stop();
  }
}
if (wants('recording')) holds = (await recordingPart(Number(values.events), Number(values.rounds))) && holds;
process.exit(holds ? 0 : 1);
