import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * `node scripts/copy-sql.mjs <folder>`: the `.sql` files of `src`, which the compiler leaves behind, to where the sources
 * compiled into that folder look for them. Those that `src` no longer has go: a folder of migrations is read as a whole.
 */
const source = join(import.meta.dirname, '../src');
const target = resolve(process.argv[2] ?? 'dist');

const wanted = new Set(sqlIn(source));
for (const file of sqlIn(target)) if (!wanted.has(file)) rmSync(join(target, file));
for (const file of wanted) {
  mkdirSync(dirname(join(target, file)), { recursive: true });
  copyFileSync(join(source, file), join(target, file));
}

function sqlIn(folder) {
  return readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.sql'));
}
