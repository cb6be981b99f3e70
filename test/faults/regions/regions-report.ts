import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunFacts } from '../harness-run.js';
import { OUTAGE_WEIGHTS, type OutageKind } from './outages.js';
import type { PlantedInMerges } from './planted-in-merges.js';
import { type RegionCycle, SERVED_AGAIN_MS } from './region-cycles.js';

export interface RegionsRun extends RunFacts {
  readonly planted: readonly PlantedInMerges[];
  readonly cycles: readonly RegionCycle[];
}

export function failuresOf(run: RegionsRun): string[] {
  const { served_again_p99_ms: p99 } = totals(run);
  return [
    ...(run.aborted === null ? [] : [`aborted: ${run.aborted}`]),
    ...run.planted.flatMap(({ fault, caught }) => (caught ? [] : [`not caught: ${fault}`])),
    ...run.scenarios.flatMap(({ name, result, detail }) => (result === 'failed' ? [`${name}: ${detail}`] : [])),
    ...run.cycles.flatMap(({ cycle, failures }) =>
      failures.length === 0 ? [] : [`cycle ${cycle}: ${failures.join('; ')}`],
    ),
    ...(p99 > SERVED_AGAIN_MS ? [`served again after ${p99} ms (p99), and ${SERVED_AGAIN_MS} are promised`] : []),
  ];
}

/** @returns the path of the Markdown file; the figures lie beside it as JSON */
export async function writeRegionsReport(run: RegionsRun, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const name = `${run.started.slice(0, 16).replaceAll(':', '')}-regions-seed-${run.seed}`;
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify({ ...run, totals: totals(run) }, null, 1)}\n`);
  const path = join(folder, `${name}.md`);
  await writeFile(path, markdown(run));
  return path;
}

export function totals({ cycles }: RegionsRun) {
  const sum = (figure: (cycle: RegionCycle) => number) => cycles.reduce((total, cycle) => total + figure(cycle), 0);
  const served = cycles.flatMap(({ servedAgainMs }) => servedAgainMs ?? []);
  const merges = cycles.flatMap(({ merges: done }) => done);
  const last = cycles.at(-1)?.audit;
  return {
    cycles: cycles.length,
    outages: cycles.filter(({ outage }) => outage !== null).length,
    kills: sum(({ kills }) => kills),
    both_wrote: cycles.filter(({ outage, bothWrite }) => outage !== null && bothWrite).length,
    merge_under_way: cycles.filter(({ outage, mergeUnderWay }) => outage !== null && mergeUnderWay).length,
    sent: sum(({ sent }) => sent),
    events: last?.told ?? 0,
    merges: merges.length,
    merged: merges.reduce((total, { merged }) => total + merged, 0),
    conflicts: last?.conflicts ?? 0,
    dead_letters: (last?.deadLetters.a ?? 0) + (last?.deadLetters.b ?? 0),
    lost: sum(({ audit }) => audit.counts.lost ?? 0),
    doubled: sum(({ audit }) => audit.counts.doubled ?? 0),
    altered: sum(({ audit }) => audit.counts.altered ?? 0),
    unequal: sum(({ audit }) => (audit.counts.unequal ?? 0) + (audit.counts.conflict ?? 0)),
    served_again_p50_ms: percentile(served, 50),
    served_again_p99_ms: percentile(served, 99),
    longest_wait_p99_ms: percentile(
      cycles.filter(({ outage }) => outage !== null).map(({ longestWaitMs }) => longestWaitMs),
      99,
    ),
  };
}

/** By nearest rank: a value that was measured. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
}

const rows = (entries: readonly (readonly (string | number)[])[]) =>
  entries.map((cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`).join('\n');

function markdown(run: RegionsRun): string {
  const failures = failuresOf(run);
  const figures = totals(run);
  const byKind = (Object.keys(OUTAGE_WEIGHTS) as OutageKind[]).map((kind) => {
    const these = run.cycles.filter(({ outage }) => outage === kind);
    const most = (figure: (cycle: RegionCycle) => number | null) =>
      Math.max(0, ...these.map((one) => figure(one) ?? 0));
    const kills = these.reduce((total, cycle) => total + cycle.kills, 0);
    return [
      kind,
      these.length,
      kills,
      most(({ servedAgainMs }) => servedAgainMs),
      most(({ longestWaitMs }) => longestWaitMs),
      (most(({ awayMs }) => awayMs) / 1000).toFixed(1),
      (most(({ returnedMs }) => returnedMs) / 1000).toFixed(1),
    ];
  });
  return `# Two regions under outages, ${run.started.slice(0, 10)}, seed ${run.seed}

${failures.length === 0 ? 'No failure.' : `**${failures.length} failures.**`} ${figures.lost} lost, ${figures.doubled} doubled, ${figures.altered} altered, ${figures.unequal} unequal, after ${figures.outages} outages of the primary (${figures.kills} kills) over ${figures.events.toLocaleString('en')} events and ${figures.merges} merges; served again within ${figures.served_again_p99_ms} ms (p99; one time-out and a second are ${SERVED_AGAIN_MS}).

Again: \`npm run test:regions -- ${run.options}\` (the seed repeats choices, not timing).

| | |
|---|---|
${rows([
  ['commit', run.commit],
  ['started, took', `${run.started}, ${Math.round(run.seconds / 60)} min`],
  ...Object.entries(run.machine),
  ...Object.entries(figures),
])}

## Failures

${failures.length === 0 ? 'None.' : failures.map((failure) => `- ${failure}`).join('\n')}

## The auditor, before any outage

| planted | must be found | found | caught |
|---|---|---|---|
${rows(run.planted.map(({ fault, expected, found, caught }) => [fault, expected, JSON.stringify(found), caught ? 'yes' : 'NO']))}

## Scenarios

| scenario | result | what was seen | s |
|---|---|---|---|
${rows(run.scenarios.map(({ name, result, detail, seconds }) => [name, result, detail, seconds]))}

## Outages of the primary

| kind | times | processes killed | served again, ms at most | an event waited, ms at most | away, s at most | the client was back after, s at most |
|---|---|---|---|---|---|---|
${rows(byKind)}

## Cycles

| cycle | outage | both wrote | merge under way | sent | served again ms | away ms | merges (into: merged, known, conflicts) | events in a, in b | conflicts | s | findings |
|---|---|---|---|---|---|---|---|---|---|---|---|
${rows(
  run.cycles.map((cycle) => [
    cycle.cycle,
    cycle.outage ?? 'none',
    cycle.bothWrite ? 'yes' : 'no',
    cycle.mergeUnderWay ? 'yes' : 'no',
    cycle.sent,
    cycle.servedAgainMs ?? '',
    cycle.awayMs,
    cycle.merges.map(({ into, merged, known, conflicts }) => `${into}: ${merged}, ${known}, ${conflicts}`).join('; '),
    `${cycle.audit.facts.a}, ${cycle.audit.facts.b}`,
    cycle.audit.conflicts,
    cycle.seconds,
    cycle.failures.length,
  ]),
)}
`;
}
