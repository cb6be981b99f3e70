import { runHarness } from './harness.mjs';

/** `node scripts/limits.mjs <part> [options]`: what happens above the limits, and what leaks. `--help` names parts and options. */
await runHarness('limits');
