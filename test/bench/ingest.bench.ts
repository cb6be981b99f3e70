import { parseArgs } from 'node:util';
import { bareCopy, ourStore, rowByRowSave } from './storage-stage.js';
import { benchPostgres } from './support/bench-servers.js';
import { openStore } from './support/in-process-store.js';
import { compare, printTable } from './support/rounds.js';

const HELP = `npm run bench -- ingest [--part a|b|c] [--rounds 5] [--events 200000]
  a  storage stage beside a bare text COPY and TypeORM save()`;

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    events: { type: 'string', default: '200000' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const rounds = Number(values.rounds);
const events = Number(values.events);

const postgres = await benchPostgres();
try {
  const { store, database } = await openStore(postgres.url);
  const outcomes = await compare(
    [bareCopy(postgres, events * 2), ourStore(postgres, store, events), rowByRowSave(postgres, 1000)],
    rounds,
  );
  printTable('(a) storage stage: rows committed, ratio to the bare COPY of the same round', outcomes);
  const [, ours, save] = outcomes;
  process.stdout.write(`monitoreo ÷ save(): ${Math.round(ours!.rate.median / save!.rate.median)}\n`);
  await database.onApplicationShutdown();
} finally {
  await postgres.stop();
}
