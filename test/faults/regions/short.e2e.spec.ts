import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeAtLength } from '../../support/at-length.js';
import { temporaryFolder } from '../../support/run-folder.js';
import type { RegionsRun } from './regions-report.js';

/** About a minute on two idle cores. */
const WITHIN_MS = 400_000;
/** Asked to end, the harness ends what it started. */
const END_MS = 30_000;

/** The short form of `npm run test:regions`, in processes of its own. */
describeAtLength('two regions, the short form of their harness', () => {
  let run: RegionsRun & { readonly totals: Readonly<Record<string, number>> };

  beforeAll(async () => {
    const folder = await temporaryFolder('regions');
    const seed = process.env.MONITOREO_TEST_SEED ?? String(Date.now() % 1_000_000);
    const args = ['scripts/regions.mjs', '--short', '--seed', seed, '--report', folder];
    const harness = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: WITHIN_MS });
    await once(harness, 'exit');
    const file = (await readdir(folder)).find((name) => name.endsWith('.json'));
    if (file === undefined) throw new Error('the harness wrote no report');
    run = JSON.parse(await readFile(join(folder, file), 'utf8')) as typeof run;
  }, WITHIN_MS + END_MS);

  test('its auditor catches a merge that skips a row, and four other planted faults', () => {
    expect(run.planted.map(({ fault, caught }) => [fault, caught])).toEqual([
      ['a merge that skips a row', true],
      ['an event doubled in one region', true],
      ['an event altered in one region', true],
      ['a conflict that one region knows half of', true],
      ['a merged event counted twice in one region', true],
    ]);
  });

  test('the primary killed, its PostgreSQL killed, and cut off: after the merges both hold the same, nothing lost or doubled', () => {
    expect(run.aborted).toBeNull();
    expect(run.cycles.map(({ outage }) => outage)).toEqual([null, 'kill service', 'kill postgresql', 'cut off']);
    expect(run.cycles.flatMap(({ failures }) => failures)).toEqual([]);
    expect(run.totals).toMatchObject({ lost: 0, doubled: 0, altered: 0, unequal: 0 });
    for (const { audit } of run.cycles) expect(audit.facts).toEqual({ a: audit.told, b: audit.told });
    expect(run.totals.events).toBeGreaterThan(1_000);
  });

  test('planted conflicts are the same pairs in both regions', () => {
    expect(run.cycles.at(-1)!.audit.conflicts).toBeGreaterThanOrEqual(12);
  });

  test('`npm run verify` finds in both regions that the counts agree with the events', () => {
    expect(run.scenarios).toEqual([
      expect.objectContaining({ name: 'npm run verify in both regions', result: 'passed' }),
    ]);
  });
});
