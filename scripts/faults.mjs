import { runHarness } from './harness.mjs';

/** `node scripts/faults.mjs [options]`: the fault harness. `--help` names the options. */
await runHarness('faults');
