import { runHarness } from './harness.mjs';

/** `node scripts/regions.mjs [options]`: the fault harness of two regions. `--help` names the options. */
await runHarness('faults', 'regions/regions');
