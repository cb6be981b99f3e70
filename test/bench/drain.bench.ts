import { parseArgs } from 'node:util';
import { drainedByService, warmUp } from './drain-stage.js';
import { publishBacklog, subscribeAll } from './support/backlog.js';
import { benchPostgres, benchPulsar } from './support/bench-servers.js';
import { compare, printTable } from './support/rounds.js';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(
    'npm run bench -- drain [--events 200000] [--rounds 3]\nDrains a backlog through the WebSocket adapter: events/s, processor time per event.\n',
  );
  process.exit(0);
}
const events = Number(values.events);
const postgres = await benchPostgres();
const pulsar = await benchPulsar();
try {
  await subscribeAll(pulsar, 'holder');
  await publishBacklog(pulsar, events);
  const servers = { postgres, pulsar };
  await warmUp(servers, events);
  const outcomes = await compare([drainedByService(servers, events, 'websocket')], Number(values.rounds));
  printTable(
    `Backlog of ${events.toLocaleString('en-US')} messages to committed rows; broker and PostgreSQL on the same cores`,
    outcomes,
  );
} finally {
  await pulsar.stop();
  await postgres.stop();
}
