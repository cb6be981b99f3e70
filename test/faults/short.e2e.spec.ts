import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeWithPulsar } from '../support/pulsar.js';
import { temporaryFolder } from '../support/run-folder.js';
import type { Report } from './report.js';

/** About 3 minutes on two idle cores. */
const WITHIN_MS = 600_000;
/** Asked to end, the harness ends what it started. */
const END_MS = 30_000;

/** The short form of `npm run test:faults`, in processes of its own; its report stands beside the test when it fails. */
describeWithPulsar('the fault harness, short', () => {
  let report: Report & { readonly totals: Readonly<Record<string, number>> };

  beforeAll(async () => {
    const folder = await temporaryFolder('faults');
    const seed = process.env.MONITOREO_TEST_SEED ?? String(Date.now() % 1_000_000);
    const args = ['scripts/faults.mjs', '--short', '--seed', seed, '--report', folder];
    const harness = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: WITHIN_MS });
    await once(harness, 'exit');
    const file = (await readdir(folder)).find((name) => name.endsWith('.json'));
    if (file === undefined) throw new Error('the harness wrote no report');
    report = JSON.parse(await readFile(join(folder, file), 'utf8')) as typeof report;
  }, WITHIN_MS + END_MS);

  test('each planted fault is caught, five by its auditor, and four secrets that are said', () => {
    expect(report.planted.map(({ fault, caught }) => [fault, caught])).toEqual([
      ['an event dropped', true],
      ['an event doubled', true],
      ['an event altered', true],
      ['a service that logs its token', true],
      ["a service that answers with its broker's token", true],
      ['an address with its password in the audit log', true],
      ['a dead letter that holds a key in base64', true],
      ['acknowledged before COMMIT, then killed', true],
      ['a later batch acknowledged cumulatively while an earlier one is in retry, then killed', true],
    ]);
  });

  test.each([
    'the process exits at each failpoint',
    'the first of two batches is stuck, the second committed, then the service is killed (Failover)',
    'producer batches of 1,000 with one poison each',
    'half of it duplicates, and the topics replayed three times',
  ])('%s: nothing lost, doubled or altered', (scenario) => {
    expect(report.scenarios).toContainEqual(expect.objectContaining({ name: scenario, result: 'passed' }));
  });

  test('5,000 malformed messages of more than 40 families: each a dead letter with its bytes and reason, its neighbours recorded', () => {
    const found = report.scenarios.find(({ name }) => name === 'malformed messages among good ones');
    expect(found).toMatchObject({ result: 'passed' });
    expect(found!.families!.length).toBeGreaterThanOrEqual(40);
    expect(found!.families!.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
  });

  test('500 messages in odd envelopes of more than 60 families: each recorded, or a dead letter, and none stuck', () => {
    const found = report.scenarios.find(({ name }) => name === 'messages in odd envelopes among good ones');
    expect(found).toMatchObject({ result: 'passed' });
    expect(found!.families!.length).toBeGreaterThanOrEqual(60);
    expect(found!.families!.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(500);
  });

  const testAsRoot = process.platform === 'linux' && process.getuid?.() === 0 ? test : test.skip;
  testAsRoot('disk full (needs a file system of its own: root on Linux): nothing given up, goes on by itself', () => {
    const found = report.scenarios.find(({ name }) => name === 'disk full');
    // A container's root may not mount: then the harness says so.
    if (found?.result === 'skipped') process.stderr.write(`disk full was not played: ${found.detail}\n`);
    else expect(found).toMatchObject({ result: 'passed' });
  });

  test('kills, stops and cuts under load: every cycle is clean, and the counters add up', () => {
    expect(report.aborted).toBeNull();
    expect(report.cycles.flatMap(({ failures }) => failures)).toEqual([]);
    expect(report.totals).toMatchObject({ cycles: 5, lost: 0, doubled: 0, altered: 0, failures: 0 });
    expect(report.totals.kills).toBeGreaterThanOrEqual(5);
    expect(report.totals.events).toBeGreaterThan(50_000);
  });

  test('no secret of the services stands in their logs, metrics, answers, audit logs or dead letters', () => {
    const { canaries, looked, hits, missed } = report.secrets;
    expect({ hits, missed }).toEqual({ hits: [], missed: [] });
    expect(canaries).toBeGreaterThanOrEqual(10);
    for (const where of ['logs', 'metrics', 'answers', 'audit log', 'dead letters', 'stored keys', 'stored sessions'])
      expect([where, (looked[where] ?? 0) > 100]).toEqual([where, true]);
  });

  test('`npm run verify` finds that the counts agree with the events after all that', () => {
    expect(report.scenarios).toContainEqual(
      expect.objectContaining({ name: 'npm run verify after the cycles', result: 'passed' }),
    );
  });

  test('the other replica records again within 15 s while one is stopped inside its transaction', () => {
    const stops = report.cycles.flatMap(({ faults }) =>
      faults.filter(({ kind }) => kind === 'stop replica in transaction'),
    );
    expect(stops).toEqual([expect.objectContaining({ violation: null })]);
  });
});
