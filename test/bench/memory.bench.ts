import { parseArgs } from 'node:util';
import { idleMb, loads, measured, type Measured } from './memory-stage.js';
import { benchPostgres, benchPulsar } from './support/bench-servers.js';
import { LARGE_FRAMES } from './support/frame-publisher.js';

const HELP = `npm run bench -- memory [--share 1] [--kinds ordinary,60,1,5] [--limit 300]
Memory of the service while it takes a backlog as fast as it can, a process of its own for each kind of message. Exits with 1
when one needs more than the limit (MB), or when not all became what they must.
  --share  of the full load: 200,000 ordinary events, 3,000 of 60 kB, 300 messages of 1 MB, 60 of 5 MB
  --kinds  only those whose name has one of these words: ordinary, 60, 1, 5`;

const { values } = parseArgs({
  options: {
    share: { type: 'string', default: '1' },
    kinds: { type: 'string', default: 'ordinary,60,1,5' },
    limit: { type: 'string', default: '300' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const limit = Number(values.limit);
const words = values.kinds.split(',');
const wanted = loads(Number(values.share)).filter(({ kind }) => kind.split(' ').some((word) => words.includes(word)));

const postgres = await benchPostgres();
const pulsar = await benchPulsar(LARGE_FRAMES);
try {
  const idle = await idleMb({ postgres, pulsar });
  const results: Measured[] = [];
  for (const load of wanted) results.push(await measured({ postgres, pulsar }, load));
  print(idle, results);
  const above = results.filter(({ most }) => most > limit);
  for (const { kind, most } of above) process.stderr.write(`${kind}: ${most.toFixed(0)} MB, above ${limit} MB\n`);
  if (above.length > 0) process.exitCode = 1;
} finally {
  await pulsar.stop();
  await postgres.stop();
}

function print(idle: number, results: readonly Measured[]): void {
  const rows = results.map(({ kind, count, become, seconds, rate, median, most }) =>
    [kind, count.toLocaleString('en'), become, seconds.toFixed(1), rate.toFixed(1), median, most].map((cell) =>
      typeof cell === 'number' ? cell.toFixed(0) : cell,
    ),
  );
  const lines = [
    `\nMemory of the service under full load, all three topics; with nothing to do it is ${idle.toFixed(0)} MB\n`,
    '| messages | number | become | s | MB/s | RSS, median MB | RSS, most MB |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
