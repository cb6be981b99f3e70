import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

/**
 * `node scripts/build-client.mjs [folder]`: the tracker of `src/client` as one file for a script tag and one for `import`,
 * with brotli and gzip beside each, and `files.json` that says what their content is called. Fails above the budget. What tsc
 * made of the client in `dist/client` becomes a package.
 */
const ROOT = join(import.meta.dirname, '..');
const OUT = resolve(ROOT, process.argv[2] ?? 'dist/web/tracker');
/** Kilobytes, gzipped, the client included. */
const BUDGET_KB = 5;
const FILES = [
  { name: 'tracker.js', entry: 'script-tag.ts', format: 'iife' },
  { name: 'tracker.mjs', entry: 'tracker.ts', format: 'es' },
];

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const files = [];
for (const { name, entry, format } of FILES) {
  const [{ output }] = await build({
    root: join(ROOT, 'src/client'),
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      minify: 'oxc',
      lib: { entry: join(ROOT, 'src/client/tracker', entry), formats: [format], name: 'monitoreo' },
      // A library keeps its white space by default, for those who pack it again.
      rollupOptions: { output: { minify: true } },
    },
  });
  const bytes = Buffer.from(output[0].code);
  const gzip = gzipSync(bytes, { level: 9 });
  writeFileSync(join(OUT, name), bytes);
  writeFileSync(join(OUT, `${name}.gz`), gzip);
  writeFileSync(
    join(OUT, `${name}.br`),
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  );
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 12);
  files.push({ name, immutable: name.replace('.', `-${digest}.`), kb: gzip.length / 1000, budget: BUDGET_KB });
}
const PACKAGE = join(ROOT, 'dist/client');
mkdirSync(PACKAGE, { recursive: true });
copyFileSync(join(ROOT, 'src/client/package.json'), join(PACKAGE, 'package.json'));
writeFileSync(join(OUT, 'files.json'), JSON.stringify(files));
for (const { name, kb } of files) console.log(`${kb.toFixed(1).padStart(6)} kB of ${BUDGET_KB} gzipped: ${name}`);
if (files.some(({ kb }) => kb > BUDGET_KB)) {
  console.error('The tracker is above its budget.');
  process.exit(1);
}
