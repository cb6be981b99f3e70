import { packageScript, prepare, run } from './prepare.mjs';

/** `npm run fuzz:frames`: a million frames of Pulsar's protocol with bytes changed; the test alone tries 20,000. */
prepare();
process.exitCode = run(
  process.execPath,
  [packageScript('jest', 'bin/jest.js'), 'test/platform/pulsar/direct/codec/entries.unit.spec.ts'],
  { env: { ...process.env, FUZZ_FRAMES: process.argv[2] ?? '1000000', MONITOREO_TEST_TIER: 'unit' } },
);
