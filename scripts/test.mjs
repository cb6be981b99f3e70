import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageScript, prepare, run } from './prepare.mjs';

/**
 * `node scripts/test.mjs [unit|int|e2e] [jest arguments]`: one tier, or all of them. Two at a time: while one waits for a server
 * that starts, the other has the processor.
 */
const MATCH = { unit: '**/*.unit.spec.ts', int: '**/*.int.spec.ts', e2e: '**/*.e2e.spec.ts', all: '**/*.spec.ts' };

const [first, ...rest] = process.argv.slice(2);
const tier = first !== undefined && Object.hasOwn(MATCH, first) ? first : 'all';
const jestArguments = tier === first ? rest : process.argv.slice(2);

prepare();
const closingLines = createRequire(import.meta.url)('../test/support/closing-line.reporter.cjs').lines;
const folder = mkdtempSync(join(tmpdir(), 'monitoreo-totals-'));
const file = join(folder, 'totals');
// Last, because `--testMatch` would take a path behind it for another pattern.
const args = [...jestArguments, '--maxWorkers=2', '--passWithNoTests', `--testMatch=${MATCH[tier]}`];
// Each file loads all modules anew. With more room for young objects the collector takes a tenth less of the processor; workers inherit it.
const node = '--max-semi-space-size=64';
process.exitCode = run(process.execPath, [node, packageScript('jest', 'bin/jest.js'), ...args], {
  env: { ...process.env, MONITOREO_TEST_TIER: tier, MONITOREO_TEST_TOTALS: file },
});
const totals = readTotals();
rmSync(folder, { recursive: true });
// Jest that could not even begin (no Pulsar in CI, a broken configuration) has no failed test to show.
if (process.exitCode !== 0 && totals.failed === 0) totals.failed = 1;
console.log(closingLines(totals));

function readTotals() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
