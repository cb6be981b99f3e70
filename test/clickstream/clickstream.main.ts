import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OwnIntake } from '../e2e/own-intake.js';
import { OwnPostgres } from '../e2e/own-postgres.js';
import { OwnPulsar } from '../e2e/own-pulsar.js';
import { endRun, makeRunFolder } from '../support/run-folder.js';
import { startService } from '../support/service.js';
import { tell } from '../support/test-run.js';
import { eventually } from '../support/waiting.js';
import { CSV_FILE, fetchDataSet, type OutgoingEvent, outgoingEvents } from './data-set.js';
import { questions } from './questions.js';

/** Compiled into `.data`, so these are found from the clone. */
const RECOUNT = join(process.cwd(), 'test/clickstream/recount.py');
const REPORT = join(process.cwd(), 'test/clickstream/report.md');
const WITHIN_MS = 300_000;
const AT_ONCE = 1_000;

interface Recounted {
  readonly kind: string;
  readonly name: string;
  /** Null: the answer says the same. */
  readonly differs: string | null;
  readonly shows: string;
}

const say = (line: string) => console.log(line);
const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();

fetchDataSet();
const { recounted, recorded } = await recountedAnswers();
const wrong = recounted.filter(({ differs }) => differs !== null);
for (const { name, differs } of wrong) say(`DIFFERS ${name}: ${differs}`);
const journeys = recounted.filter(({ kind }) => kind === 'journey');
const shown = recounted.filter(({ kind }) => kind !== 'journey');
const verdict = ({ differs }: Recounted) => (differs === null ? 'equal' : `DIFFERS: ${differs}`);
writeFileSync(
  REPORT,
  `${[
    '# A public clickstream, recounted',
    '',
    `\`npm run clickstream\` on ${new Date().toISOString().slice(0, 10)}, at commit ${git('rev-parse', '--short', 'HEAD')}: ${recorded.toLocaleString('en-US')} events of the shop that PyPI's`,
    '`retentioneering` 5.2.4 ships, published on the three topics of a Pulsar and recorded by the service; each answer beside a recount of the',
    'CSV file in plain Python (`recount.py`), which knows neither SQL nor a line of the service.',
    '',
    '| question | shows | recount |',
    '| --- | --- | --- |',
    ...shown.map((one) => `| \`${one.name.replaceAll('|', '\\|')}\` | ${one.shows} | ${verdict(one)} |`),
    `| \`/users/{user_id}/journey\` of all ${journeys.length} people | every session and event | ${journeys.filter(({ differs }) => differs === null).length} equal |`,
    '',
  ].join('\n')}`,
);
say(`report: ${REPORT}`);
say(
  wrong.length === 0 && recounted.length > 0 ? `all ${recounted.length} answers are equal` : `${wrong.length} differ`,
);
process.exit(wrong.length === 0 && recounted.length > 0 ? 0 : 1);

/** Through servers of its own, which end with it. */
async function recountedAnswers(): Promise<{ recounted: Recounted[]; recorded: number }> {
  const folder = await makeRunFolder();
  tell('runFolder', folder);
  try {
    say('starting PostgreSQL and Pulsar');
    const [postgres, pulsar] = await Promise.all([OwnPostgres.start(), OwnPulsar.prepare()]);
    await pulsar.start();
    const intake = await OwnIntake.create(postgres.url, pulsar.addresses);
    const service = await startService({ env: intake.env({ LOG_LEVEL: 'warn' }), within: WITHIN_MS });
    try {
      return await throughPulsar(intake, service.url);
    } finally {
      service.kill('SIGKILL');
      await service.exited;
      await intake.close();
    }
  } finally {
    await endRun(folder);
  }
}

async function throughPulsar(intake: OwnIntake, url: string): Promise<{ recounted: Recounted[]; recorded: number }> {
  const { events, shiftMs } = outgoingEvents(Date.now());
  say(`publishing ${events.length} events`);
  // What was not confirmed is sent again: it carries the same id.
  const publish = ({ type, payload }: OutgoingEvent) =>
    eventually(async () => Boolean(await intake.publish(type, { data: Buffer.from(JSON.stringify(payload)) })), {
      within: WITHIN_MS,
      what: 'the broker has it',
    });
  for (let from = 0; from < events.length; from += AT_ONCE) {
    await Promise.all(events.slice(from, from + AT_ONCE).map(publish));
  }
  await intake.recordedExactly(events.length, WITHIN_MS);
  await intake.noBacklog(WITHIN_MS);
  const users = [...new Set(events.map(({ payload }) => String(payload.user_id)))];
  const asked = [];
  for (const { kind, path } of questions(users, Date.now())) {
    const response = await fetch(url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    asked.push({ kind, name: path, answer: await response.json() });
  }
  say(`recounting ${asked.length} answers`);
  const input = JSON.stringify({ csv: CSV_FILE, shift_ms: shiftMs, asked });
  const output = execFileSync('python3', ['-B', RECOUNT], { input, encoding: 'utf8', maxBuffer: 64_000_000 });
  return { recounted: JSON.parse(output) as Recounted[], recorded: events.length };
}
