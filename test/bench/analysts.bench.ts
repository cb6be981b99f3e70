import { parseArgs } from 'node:util';
import { analystsPart } from './analysts-stage.js';
import { dataServer, loaded } from './support/reads-data.js';

const HELP = `npm run bench -- analysts [--rows 10000000] [--seconds 20]
  A person's journey, a funnel of three steps, paths and retention over HTTP, cache off, each beside the plainest SQL that a
  person would write, over so many events of 30 days, which are kept in .data/bench-data for the next run. --seconds: longest
  time for a route`;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    seconds: { type: 'string', default: '20' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}

const server = await dataServer();
try {
  await analystsPart(await loaded(server, Number(values.rows)), Number(values.seconds));
} finally {
  await server.stop();
}
