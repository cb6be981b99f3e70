import { parseArgs } from 'node:util';
import { rebuildPart } from './rebuild-stage.js';
import { exportPart, pollersPart, routesPart, writingPart } from './reads-stage.js';
import { dataServer, loaded } from './support/reads-data.js';

const HELP = `npm run bench -- reads [--part load|routes|writing|pollers|export|rebuild] [--rows 1000000,10000000] [--rate 3000] [--seconds 20]
  load     so many events over 30 days, kept in .data/bench-data for the next run; every other part loads what is missing
  routes   p50 and p99 over HTTP of each route, cache off, beside the same answer by plain SQL over the facts
  writing  the same while events arrive at the rate; and what is recorded with and without readers
  pollers  500 dashboards that ask once a second each, cache on, largest size
  export   all events of the smallest size as NDJSON and CSV: time, and memory of the service
  rebuild  both projections from nothing, while events arrive at the rate, smallest size: time, and how long an append waits`;

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    rows: { type: 'string', default: '1000000,10000000' },
    rate: { type: 'string', default: '3000' },
    seconds: { type: 'string', default: '20' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const sizes = values.rows.split(',').map(Number);
const wants = (part: string) => values.part === undefined || values.part === part;

const server = await dataServer();
try {
  const databases = [];
  for (const rows of sizes) databases.push(await loaded(server, rows));
  const smallest = databases[0]!;
  const largest = databases.at(-1)!;
  if (wants('routes')) await routesPart(databases);
  if (wants('writing')) await writingPart(server, largest, Number(values.rate), Number(values.seconds));
  if (wants('pollers')) await pollersPart(largest, Number(values.seconds));
  if (wants('export')) await exportPart(smallest);
  if (wants('rebuild')) await rebuildPart(server, smallest, Number(values.rate));
} finally {
  await server.stop();
}
