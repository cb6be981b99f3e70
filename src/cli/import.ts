import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { COMMAND, entryOf } from '../access/application/audit/audit.js';
import { PostgresAuditLog } from '../access/infrastructure/postgres/postgres-audit-log.js';
import { OutcomeUnknown } from '../events/application/event-store.port.js';
import { TimeZone } from '../metrics/domain/time-zone.js';
import { Clock } from '../platform/clock/clock.js';
import { CreatedAtReader } from './import/created-at.js';
import { ForeseenEvents } from './import/foreseen-events.js';
import { HeatmapFile, UnreadableFile } from './import/heatmap-file.js';
import { importClicks, type Imported } from './import/import-clicks.js';
import { grouped, percent, ProgressLine, say } from './maintenance.js';
import { Recording } from './recording.js';
import { UsageError } from './usage-error.js';

export const HELP = `npm run import -- heatmap.db [more files] [--tz UTC] [--dry-run]
Records the clicks of older heat maps (SQLite, table click_events) while the service runs. None counts twice: the same file
again, or the file of the other region, adds what is new alone. Rows that say the same in all columns but the id are the
same one, in whichever file; those that say the same within one file are kept apart by their order. Interrupted, the next
call goes on.
  --tz Z      the clocks that created_at without an offset was read from, an IANA name; default UTC
  --dry-run   says what would become of each row, and records nothing
Each row that cannot be recorded is a line with its id and the reason; the others are recorded all the same.
Exit code: 0 all rows are recorded, 1 some are not; or a file cannot be read, and nothing was
begun; 2 wrong options.`;

const INTERRUPTED = 'It was interrupted: the next call goes on.';

interface Task {
  readonly paths: readonly string[];
  readonly zone: string;
  readonly dryRun: boolean;
}

export async function run(args: readonly string[]): Promise<number> {
  const task = taskOf(args);
  const stopping = new AbortController();
  // `on`, not `once`: under `npm run` one Ctrl-C comes twice, from the terminal and from npm.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  const files: HeatmapFile[] = [];
  try {
    for (const path of task.paths) files.push(await HeatmapFile.open(path));
    const refused = await Recording.run(async (recording) => {
      stopping.signal.addEventListener('abort', () => recording.stop());
      let all = 0;
      for (const file of files)
        if (!stopping.signal.aborted) all += await imported(file, task, recording, stopping.signal);
      return all;
    });
    if (!stopping.signal.aborted) return refused === 0 ? 0 : 1;
    say(INTERRUPTED);
    return 1;
  } catch (error) {
    if (error instanceof OutcomeUnknown) say(INTERRUPTED);
    else if (error instanceof UnreadableFile) say(`${error.message}.`);
    else throw error;
    return 1;
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

/** @returns how many rows were refused */
async function imported(file: HeatmapFile, task: Task, recording: Recording, signal: AbortSignal): Promise<number> {
  const handler = recording.handler(task.dryRun ? new ForeseenEvents(recording.database) : recording.store());
  const progress = new ProgressLine();
  const began = performance.now();
  const tally = await importClicks(file.clicks(), {
    times: new CreatedAtReader(task.zone),
    record: (command) => handler.execute(command),
    onRefused: ({ id, reason, detail }) => say(`row ${id}: ${reason}, ${detail}`),
    onProgress: (tallied) => progress.show(`import: ${described(tallied, file.rows, began)}`),
    signal,
  });
  progress.end();
  say(`${file.path}: ${described(tally, file.rows, began)}${task.dryRun ? '; nothing was written' : ''}.`);
  if (!task.dryRun) {
    const details = { file: basename(file.path), tz: task.zone, ...tally };
    const entry = entryOf({ actor: COMMAND, action: 'events.imported', details }, new Clock().now());
    await new PostgresAuditLog(() => recording.database.writers()).append(entry);
  }
  return tally.refused;
}

function described({ rows, recorded, known, refused }: Imported, all: number, began: number): string {
  const seconds = (performance.now() - began) / 1000;
  const how = rows === all ? '' : `${percent(rows / all)}, `;
  const rate = `${grouped(rows)} rows in ${seconds.toFixed(1)} s (${grouped(Math.round(rows / seconds))}/s)`;
  return `${how}${rate}: ${grouped(recorded)} new, ${grouped(known)} known already, ${grouped(refused)} refused`;
}

/** @throws UsageError */
function taskOf(args: readonly string[]): Task {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { tz: { type: 'string', default: 'UTC' }, 'dry-run': { type: 'boolean', default: false } },
    });
    if (positionals.length === 0) throw new Error('which file?');
    const zone = TimeZone.nameOf(values.tz);
    if (zone === null) throw new Error(`--tz must be a time zone such as UTC or Europe/Madrid; got ${values.tz}`);
    return { paths: positionals, zone, dryRun: values['dry-run'] };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
