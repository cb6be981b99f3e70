import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { copySql, packageScript, prepare, ROOT, run } from './prepare.mjs';

/** `node scripts/faults.mjs [options]`: the fault harness, compiled as it stands in the clone. `--help` names the options. */
const OUTPUT = join(ROOT, '.data/faults');

prepare();
mkdirSync(OUTPUT, { recursive: true });
for (const beside of ['package.json', 'deploy']) {
  const link = join(OUTPUT, beside); // what compiled sources reach by a path relative to their own
  if (!existsSync(link)) symlinkSync(join(ROOT, beside), link);
}
const code = run(process.execPath, [packageScript('typescript', 'bin/tsc'), '-p', 'tsconfig.faults.json']);
if (code !== 0) process.exit(code);
copySql(join(OUTPUT, 'src'));
await import(pathToFileURL(join(OUTPUT, 'test/faults/faults.main.js')).href);
