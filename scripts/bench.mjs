import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile, copySql, prepare, ROOT } from './prepare.mjs';

const SOURCES = join(ROOT, 'test/bench');
const OUTPUT = join(ROOT, '.data/bench');

/** Without a name: the main job. */
const [name = 'drain', ...options] = process.argv.slice(2);
const benches = existsSync(SOURCES)
  ? readdirSync(SOURCES).flatMap((file) => (file.endsWith('.bench.ts') ? [file.replace('.bench.ts', '')] : []))
  : [];
if (!benches.includes(name)) {
  console.log(
    `npm run bench -- <name> [options]\nnames: ${benches.join(', ') || '(none yet)'}\noptions: npm run bench -- <name> --help`,
  );
  process.exit(name === '--help' ? 0 : 1);
}

prepare();
compileBenches();
process.argv = [process.argv[0], join(SOURCES, `${name}.bench.ts`), ...options];
await import(pathToFileURL(join(OUTPUT, `test/bench/${name}.bench.js`)).href);

/** The benches and the sources they use, compiled as they stand in the clone, so that they import from `../../src`. */
function compileBenches() {
  mkdirSync(OUTPUT, { recursive: true });
  for (const beside of ['package.json', 'deploy']) {
    const link = join(OUTPUT, beside); // what compiled sources reach by a path relative to their own
    if (!existsSync(link)) symlinkSync(join(ROOT, beside), link);
  }
  compile('tsconfig.bench.json');
  copySql(join(OUTPUT, 'src'));
}
