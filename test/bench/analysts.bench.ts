import { parseArgs } from 'node:util';
import { lagPart, routesPart } from './analysts-stage.js';
import { asAdmin, copyOf, dataServer, loaded } from './support/reads-data.js';

const HELP = `npm run bench -- analysts [--part routes|lag] [--rows 10000000] [--seconds 20] [--route journey] [--rate 3000]
  over so many events of 30 days, which are kept in .data/bench-data for the next run
  routes  a person's journey, funnels, paths and retention over HTTP, cache off, each beside the plainest SQL that a person would
          write, and what it is allowed to take; --seconds: longest time for a route; --route: only those that hold this text. Exits with 1
          above a bound
  lag     how long events of a fixed rate take to be recorded, alone and while analysts ask one question after the other, in turn,
          on a copy. Exits with 1 above twice`;

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    rows: { type: 'string', default: '10000000' },
    seconds: { type: 'string', default: '20' },
    route: { type: 'string', default: '' },
    rate: { type: 'string', default: '3000' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const wants = (part: string) => values.part === undefined || values.part === part;
const seconds = Number(values.seconds);

const server = await dataServer();
let holds = true;
try {
  const database = await loaded(server, Number(values.rows));
  if (wants('routes')) holds = await routesPart(database, seconds, values.route);
  if (wants('lag')) {
    const copy = await copyOf(server, database);
    holds = (await lagPart(copy, seconds, Number(values.rate))) && holds;
    await asAdmin(server, `drop database ${copy.name} with (force)`);
  }
} finally {
  await server.stop();
}
process.exit(holds ? 0 : 1);
