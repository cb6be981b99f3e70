const { appendFileSync, writeSync } = require('node:fs');
const { relative } = require('node:path');

const SLOWEST = 10;

/**
 * The very last line of a run: `N passed, N failed`. A run that is one of several (scripts/test.mjs) writes its totals
 * to a file instead, and the script prints the sum. Before it stand the files that took longest.
 */
module.exports = class ClosingLine {
  onRunComplete(_contexts, results) {
    const totals = {
      passed: results.numPassedTests,
      // A file that cannot be loaded has no tests that could fail, and must not pass for it.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests,
      slowest: slowest(results.testResults),
    };
    const file = process.env.MONITOREO_TEST_TOTALS;
    if (file) appendFileSync(file, `${JSON.stringify(totals)}\n`);
    // At the exit: jest's own summary comes after the reporters.
    else process.once('exit', () => writeSync(1, `${module.exports.lines(totals)}\n`));
  }

  /** `totals` in words: the slowest files, when there are several, then the closing line. */
  static lines({ passed, failed, skipped = 0, slowest = [] }) {
    const closing = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    if (slowest.length < 2) return closing;
    return ['The slowest files:', ...slowest.map(line), closing].join('\n');
  }
};

function slowest(files) {
  return files
    .map(({ testFilePath, perfStats }) => ({
      file: relative(process.cwd(), testFilePath),
      seconds: (perfStats.end - perfStats.start) / 1000,
    }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST);
}

const line = ({ file, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${file}`;
