import { parseArgs } from 'node:util';
import { packageScript, prepare, run } from './prepare.mjs';

const HELP = `npm run fuzz:frames [-- --frames 1000000]
So many frames of Pulsar's protocol with bytes changed: no exception leaves the reader, and nothing is read beyond a frame.
The test of \`npm test\` tries 20,000.`;

const { values } = parseArgs({
  options: { frames: { type: 'string', default: '1000000' }, help: { type: 'boolean', default: false } },
});
const frames = Number(values.frames);
if (values.help || !Number.isInteger(frames) || frames < 1) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
prepare();
process.exitCode = run(
  process.execPath,
  [packageScript('jest', 'bin/jest.js'), 'test/platform/pulsar/direct/codec/entries.unit.spec.ts'],
  { env: { ...process.env, FUZZ_FRAMES: values.frames, MONITOREO_TEST_TIER: 'unit' } },
);
