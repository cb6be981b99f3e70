import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile, copySql, prepare, ROOT } from './prepare.mjs';

/**
 * Runs `test/<name>/<name>.main.ts`, or another one of that folder, compiled as it stands in the clone by
 * `tsconfig.<name>.json`, with the options of the command line.
 */
export async function runHarness(name, main = name) {
  const output = join(ROOT, '.data', name);
  prepare();
  mkdirSync(output, { recursive: true });
  for (const beside of ['package.json', 'deploy']) {
    const link = join(output, beside); // what compiled sources reach by a path relative to their own
    if (!existsSync(link)) symlinkSync(join(ROOT, beside), link);
  }
  compile(`tsconfig.${name}.json`);
  copySql(join(output, 'src'));
  await import(pathToFileURL(join(output, `test/${name}/${main}.main.js`)).href);
}
