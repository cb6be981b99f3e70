import { parseArgs } from 'node:util';
import { COMMAND, entryOf } from '../access/application/audit/audit.js';
import { PostgresAuditLog } from '../access/infrastructure/postgres/postgres-audit-log.js';
import { InvalidTimeRange, TimeRange } from '../events/domain/time-range.js';
import { Clock } from '../platform/clock/clock.js';
import { BrokenRule } from '../platform/broken-rule.js';
import type { MergeProgress } from '../regions/application/merging/merge-log.port.js';
import { Merger, type MergeReport } from '../regions/application/merging/merger.js';
import { HttpOtherRegion } from '../regions/infrastructure/http/http-other-region.js';
import { PostgresConflictStore } from '../regions/infrastructure/postgres/postgres-conflict-store.js';
import { PostgresForeseenFacts } from '../regions/infrastructure/postgres/postgres-foreseen-facts.js';
import { PostgresMergeLog } from '../regions/infrastructure/postgres/postgres-merge-log.js';
import { grouped, ProgressLine, say } from './maintenance.js';
import { Recording } from './recording.js';
import { UsageError } from './usage-error.js';

export const HELP = `npm run merge -- --from <region> [--since <time>] [--dry-run]
Merges what another region recorded into this one, while both go on recording: the union of both by identity. None counts
twice, as often as it is called and in either direction. It begins where the last merge ended; interrupted or killed, the next
call goes on. Needs REGIONS, and MERGE_TOKEN or MERGE_TOKEN_FILE where the other region has keys.
  --from NAME    the region, as REGIONS names it
  --since TIME   reads again all that happened then or later, whatever was merged before: RFC 3339 with offset
  --dry-run      says what would become of each event, and records nothing
Exit code: 0 merged, 1 it did not come to its end, 2 wrong options.`;

interface Task {
  readonly region: string;
  readonly since: number | null;
  readonly dryRun: boolean;
}

export async function run(args: readonly string[]): Promise<number> {
  const task = taskOf(args);
  const stopping = new AbortController();
  // `on`, not `once`: under `npm run` one Ctrl-C comes twice, from the terminal and from npm.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort(new Error('stopped')));
  try {
    const report = await Recording.run((recording) => merge(recording, task, stopping.signal));
    return report.state === 'done' ? 0 : 1;
  } catch (error) {
    if (!(error instanceof BrokenRule)) throw error;
    say(error.message);
    return 1;
  }
}

async function merge(recording: Recording, task: Task, signal: AbortSignal): Promise<MergeReport> {
  const { database, config, logger } = recording;
  signal.addEventListener('abort', () => recording.stop(), { once: true });
  const clock = new Clock();
  const other = new HttpOtherRegion(config, clock);
  const handler = recording.handler(recording.store());
  const erasures = recording.otherErasures(signal);
  const merger = new Merger({
    other,
    record: (command) => handler.execute(command),
    log: new PostgresMergeLog(database, config, clock),
    conflicts: new PostgresConflictStore(database, recording.erasures),
    foreseen: new PostgresForeseenFacts(database),
    erasures,
    config,
    logger,
  });
  const progress = new ProgressLine();
  const began = performance.now();
  try {
    const asked = { ...task, actor: COMMAND };
    const { id, done } = await merger.begin(asked, signal, (so) => progress.show(`merge: ${described(so, began)}`));
    const report = await done;
    // Erases what is held here of persons who were erased there. If the service runs, it may be doing this already.
    if (!task.dryRun) await erasures.finish();
    progress.end();
    for (const line of summary(report, task, began)) say(line);
    const details = { from: task.region, dry_run: task.dryRun, ...report.tally };
    const entry = entryOf({ actor: COMMAND, action: 'region.merged', subject: id, details }, clock.now());
    await new PostgresAuditLog(() => database.writers()).append(entry);
    return report;
  } finally {
    await other.onModuleDestroy();
  }
}

function* summary(report: MergeReport, { region, dryRun }: Task, began: number): Generator<string> {
  const { state, detail, deadLetters, heldBack } = report;
  yield `${region}: ${described(report, began)}${dryRun ? '; nothing was written' : ''}.`;
  if (deadLetters !== null && deadLetters > 0) {
    yield `${grouped(deadLetters)} dead letters are open there, and stay there.`;
  }
  if (heldBack !== null && heldBack.ms >= 1_000) {
    const seconds = (heldBack.ms / 1000).toFixed(1);
    yield `A transaction had been open there for ${seconds} s (${heldBack.by}): what was committed since it began is for the next merge.`;
  }
  if (state !== 'done') yield `It did not come to its end: ${detail}.`;
}

function described({ tally }: MergeProgress, began: number): string {
  const { merged, known, restamped, conflicts, below_floor, rejected } = tally;
  const seconds = (performance.now() - began) / 1000;
  const read = merged + known + restamped + conflicts + below_floor + rejected;
  const parts = [
    `${grouped(merged)} merged`,
    `${grouped(known)} known`,
    `${grouped(restamped)} stamped anew`,
    `${grouped(conflicts)} in conflict`,
    `${grouped(below_floor)} below the retention floor`,
    `${grouped(rejected)} rejected`,
  ];
  return `${parts.join(', ')} in ${seconds.toFixed(1)} s (${grouped(Math.round(read / seconds))}/s)`;
}

/** @throws UsageError */
function taskOf(args: readonly string[]): Task {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { from: { type: 'string' }, since: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
    });
    if (values.from === undefined) throw new Error('--from must name a region of REGIONS');
    const since = values.since === undefined ? null : TimeRange.parseMoment(values.since, '--since');
    return { region: values.from, since, dryRun: values['dry-run'] };
  } catch (error) {
    if (error instanceof InvalidTimeRange) throw new UsageError(`--since ${error.errors[0]!.message}`);
    throw new UsageError((error as Error).message);
  }
}
