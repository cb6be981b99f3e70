import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { EventType } from '../../src/events/domain/incoming-event.js';
import type { CanariesSeen } from '../support/canaries.js';
import type { CycleDone } from './cycles.js';
import { FAULT_WEIGHTS, type FaultKind } from './fault-kinds.js';
import type { Planted } from './planted-faults.js';

export interface ScenarioResult {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly detail: string;
  readonly seconds: number;
  /** The families of what was sent, if these are the point. */
  readonly families?: readonly FamilyCount[];
}

export interface FamilyCount {
  readonly family: string;
  /** Why they were rejected, or that they were recorded. */
  readonly reason: string;
  readonly type: EventType;
  readonly count: number;
}

export interface Report {
  /** The options of the command line, with the seed. */
  readonly options: string;
  readonly seed: number;
  readonly commit: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly started: string;
  readonly seconds: number;
  /** Why it ended early; null when it did not. An aborted run is not a pass. */
  readonly aborted: string | null;
  readonly planted: readonly Planted[];
  readonly scenarios: readonly ScenarioResult[];
  readonly cycles: readonly CycleDone[];
  /** Where the secrets of the services were looked for. */
  readonly secrets: CanariesSeen;
}

/** Every run has them, whatever its parts. */
const SEARCHED = ['logs', 'metrics', 'answers', 'audit log', 'stored keys'];

export const failuresOf = (report: Report): string[] => [
  ...(report.aborted === null ? [] : [`aborted: ${report.aborted}`]),
  ...report.planted.flatMap(({ fault, caught }) => (caught ? [] : [`not caught: ${fault}`])),
  ...report.scenarios.flatMap(({ name, result, detail }) => (result === 'failed' ? [`${name}: ${detail}`] : [])),
  ...report.cycles.flatMap(({ cycle, failures, audit }) =>
    failures.length === 0 ? [] : [`cycle ${cycle}: ${[...failures, ...audit.examples].join('; ')}`],
  ),
  ...report.secrets.hits.map((hit) => `secret: ${hit}`),
  ...report.secrets.missed.map((what) => `not looked through for secrets: ${what}`),
  // A run in which nothing was looked through has shown nothing.
  ...(report.aborted === null ? SEARCHED : []).flatMap((where) =>
    report.secrets.looked[where] ? [] : [`no ${where} looked through for secrets`],
  ),
];

export function secretsLine({ secrets: { canaries, looked, hits } }: Report): string {
  const characters = Object.values(looked).reduce((sum, count) => sum + count, 0);
  return `secrets: ${canaries} canaries, ${characters.toLocaleString('en')} characters searched, ${hits.length} hits`;
}

export const killsOf = (cycles: readonly CycleDone[]): number =>
  cycles.flatMap(({ faults }) => faults).reduce((sum, { kills }) => sum + kills, 0);

/** The code that ran: the commit, and a mark when the files are not those of the commit. */
export function commitOfClone(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src', 'test/faults') !== '';
  return git('rev-parse', 'HEAD') + (changed ? ' with uncommitted changes' : '');
}

export function machine(postgres: string): Record<string, string | number> {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr.split('\n')[0] ?? '';
  return {
    cpus: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memory_gb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    java,
    postgresql: postgres,
  };
}

/** @returns the path of the Markdown file; the figures lie beside it as JSON */
export async function writeReport(report: Report, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const name = `${report.started.slice(0, 16).replaceAll(':', '')}-seed-${report.seed}`;
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify({ ...report, totals: totals(report) }, null, 1)}\n`);
  const path = join(folder, `${name}.md`);
  await writeFile(path, markdown(report));
  return path;
}

function totals({ cycles }: Report) {
  const sum = (figure: (cycle: CycleDone) => number) => cycles.reduce((total, cycle) => total + figure(cycle), 0);
  const found = (kind: 'lost' | 'doubled' | 'altered') => sum(({ audit }) => audit.counts[kind] ?? 0);
  const last = cycles.at(-1)?.audit;
  return {
    cycles: cycles.length,
    kills: killsOf(cycles),
    sent: sum(({ sent }) => sent),
    events: last?.facts ?? 0,
    dead_letters: last?.deadLetters ?? 0,
    resent: sum(({ resent }) => resent),
    lost: found('lost'),
    doubled: found('doubled'),
    altered: found('altered'),
    failures: sum(({ failures }) => failures.length),
    slowest_drain_s: Math.max(0, ...cycles.map(({ drainSeconds }) => drainSeconds)),
  };
}

function markdown(report: Report): string {
  const failures = failuresOf(report);
  const figures = totals(report);
  const rows = (entries: readonly (readonly (string | number)[])[]) =>
    entries.map((cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
  const kinds = Object.keys(FAULT_WEIGHTS) as FaultKind[];
  const done = report.cycles.flatMap(({ faults }) => faults);
  const byKind = kinds.map((kind) => {
    const these = done.filter((fault) => fault.kind === kind);
    const slowest = Math.max(0, ...these.map(({ milliseconds }) => milliseconds));
    return [kind, these.length, these.reduce((sum, { kills }) => sum + kills, 0), (slowest / 1000).toFixed(1)];
  });
  const families = report.scenarios.flatMap(({ families }) => families ?? []);
  const stopped = done.filter(({ kind }) => kind === 'stop replica in transaction').map(({ detail }) => `- ${detail}`);
  return `# Fault run of ${report.started.slice(0, 10)}, seed ${report.seed}

${failures.length === 0 ? 'No failure.' : `**${failures.length} failures.**`} ${figures.lost} lost, ${figures.doubled} doubled, ${figures.altered} altered, after ${figures.kills} kills over ${figures.events.toLocaleString('en')} events.

Again: \`npm run test:faults -- ${report.options}\` (the seed repeats choices, not timing).

| | |
|---|---|
${rows([
  ['commit', report.commit],
  ['started, took', `${report.started}, ${Math.round(report.seconds / 60)} min`],
  ...Object.entries(report.machine),
  ...Object.entries(figures),
])}

## Secrets

${secretsLine(report)}.

| where | characters |
|---|---|
${rows(Object.entries(report.secrets.looked).map(([where, count]) => [where, count.toLocaleString('en')]))}

## Failures

${failures.length === 0 ? 'None.' : failures.map((failure) => `- ${failure}`).join('\n')}

## The auditor, before anything else

| planted | must be found | found | caught |
|---|---|---|---|
${rows(report.planted.map(({ fault, expected, found, caught }) => [fault, expected, JSON.stringify(found), caught ? 'yes' : 'NO']))}

## Scenarios

| scenario | result | what was seen | s |
|---|---|---|---|
${rows(report.scenarios.map(({ name, result, detail, seconds }) => [name, result, detail, seconds]))}
${
  families.length === 0
    ? ''
    : `
## Messages by family

| family | topic of | must be | sent |
|---|---|---|---|
${rows(families.map(({ family, type, reason, count }) => [family, type, reason, count]))}
`
}
## Faults under load

| kind | times | processes killed | slowest until all ran again, s |
|---|---|---|---|
${rows(byKind)}
${stopped.length === 0 ? '' : `\nStopped inside a transaction:\n\n${stopped.join('\n')}\n`}
## Cycles

| cycle | faults | sent | sent again | s | drain s | audit | compared | findings |
|---|---|---|---|---|---|---|---|---|
${rows(
  report.cycles.map(({ cycle, faults, sent, resent, seconds, drainSeconds, audit, full, failures: broken }) => [
    cycle,
    faults.map(({ kind, detail }) => (detail ? `${kind} (${detail})` : kind)).join(', ') || 'none',
    sent,
    resent,
    seconds,
    drainSeconds,
    `${full ? 'full' : 'recent'}, ${audit.milliseconds} ms`,
    audit.compared,
    broken.length,
  ]),
)}
`;
}
