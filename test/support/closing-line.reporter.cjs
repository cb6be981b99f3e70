const { appendFileSync, writeSync } = require('node:fs');

/**
 * The very last line of a run: `N passed, N failed`. A run that is one of several (scripts/test.mjs) writes its totals
 * to a file instead, and the script prints the sum.
 */
module.exports = class ClosingLine {
  onRunComplete(_contexts, results) {
    const totals = {
      passed: results.numPassedTests,
      // A file that cannot be loaded has no tests that could fail, and must not pass for it.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests,
    };
    const file = process.env.MONITOREO_TEST_TOTALS;
    if (file) appendFileSync(file, `${JSON.stringify(totals)}\n`);
    // At the exit: jest's own summary comes after the reporters.
    else process.once('exit', () => writeSync(1, `${module.exports.line(totals)}\n`));
  }

  static line({ passed, failed, skipped }) {
    return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  }
};
