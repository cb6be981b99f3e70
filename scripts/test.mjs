import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageScript, prepare, run } from './prepare.mjs';

/**
 * `node scripts/test.mjs [unit|int|e2e] [jest arguments]`: one tier, or all of them.
 * End-to-end tests measure deadlines and kill processes, so they run one after the other, and after the rest.
 */
const RUNS = {
  unit: [{ tier: 'unit', match: ['**/*.unit.spec.ts'], workers: 2 }],
  int: [{ tier: 'int', match: ['**/*.int.spec.ts'], workers: 2 }],
  e2e: [{ tier: 'e2e', match: ['**/*.e2e.spec.ts'], workers: 1 }],
  all: [
    { tier: 'int', match: ['**/*.spec.ts', '!**/*.e2e.spec.ts'], workers: 2 },
    { tier: 'e2e', match: ['**/*.e2e.spec.ts'], workers: 1 },
  ],
};

const [first, ...rest] = process.argv.slice(2);
const tier = first !== undefined && Object.hasOwn(RUNS, first) ? first : 'all';
const jestArguments = tier === first ? rest : process.argv.slice(2);

prepare();
const closingLine = createRequire(import.meta.url)('../test/support/closing-line.reporter.cjs').line;
const folder = mkdtempSync(join(tmpdir(), 'monitoreo-totals-'));
const sum = { passed: 0, failed: 0, skipped: 0 };
let exitCode = 0;
for (const { tier: name, match, workers } of RUNS[tier]) {
  const totals = join(folder, name);
  const args = [`--maxWorkers=${workers}`, '--passWithNoTests', ...match.map((glob) => `--testMatch=${glob}`)];
  const environment = { ...process.env, MONITOREO_TEST_TIER: name, MONITOREO_TEST_TOTALS: totals };
  const code = run(process.execPath, [packageScript('jest', 'bin/jest.js'), ...args, ...jestArguments], {
    env: environment,
  });
  add(totals, code);
  exitCode ||= code;
}
rmSync(folder, { recursive: true });
console.log(closingLine(sum));
process.exitCode = exitCode;

function add(totals, code) {
  const ended = readTotals(totals);
  for (const key of Object.keys(sum)) sum[key] += ended[key];
  // Jest that could not even begin (no Pulsar in CI, a broken configuration) has no failed test to show.
  if (code !== 0 && ended.failed === 0) sum.failed++;
}

function readTotals(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
