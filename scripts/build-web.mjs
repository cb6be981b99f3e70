import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

/**
 * `node scripts/build-web.mjs [folder]`: the pages of `src/web/app`, with brotli and gzip beside each file. Prints what a
 * browser loads for each view, and fails above the budgets.
 */
const ROOT = join(import.meta.dirname, '..');
const OUT = resolve(ROOT, process.argv[2] ?? 'dist/web/pages');
/** Kilobytes of script, gzipped. */
const SHELL_BUDGET_KB = 70;
const VIEW_BUDGET_KB = 25;

await build({
  root: join(ROOT, 'src/web/app'),
  configFile: false,
  logLevel: 'error',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: 'es2022',
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: { input: ['dashboard.html', 'clicker.html'].map((file) => join(ROOT, 'src/web/app', file)) },
  },
});

const gzipped = new Map();
for (const file of readdirSync(OUT, { recursive: true })) {
  if (!/\.(js|css|html)$/.test(file)) continue;
  const bytes = readFileSync(join(OUT, file));
  const gzip = gzipSync(bytes, { level: 9 });
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  writeFileSync(join(OUT, `${file}.gz`), gzip);
  writeFileSync(join(OUT, `${file}.br`), brotli);
  gzipped.set(file, gzip.length);
}

const manifest = JSON.parse(readFileSync(join(OUT, 'manifest.json'), 'utf8'));
const loads = (entry, seen = new Set()) => {
  seen.add(manifest[entry].file);
  for (const next of manifest[entry].imports ?? []) if (!seen.has(manifest[next].file)) loads(next, seen);
  return seen;
};
const kilobytes = (files) => [...files].reduce((sum, file) => sum + (gzipped.get(file) ?? 0), 0) / 1000;

const shell = loads('dashboard.html');
const sizes = [
  { what: 'shell and overview', kb: kilobytes(new Set([...shell, ...loads(overview())])), budget: SHELL_BUDGET_KB },
];
for (const [key, { src, isDynamicEntry }] of Object.entries(manifest)) {
  if (!isDynamicEntry || key === overview()) continue;
  const more = [...loads(key)].filter((file) => !shell.has(file));
  sizes.push({ what: src, kb: kilobytes(more), budget: VIEW_BUDGET_KB });
}
sizes.push({ what: 'clicker', kb: kilobytes(loads('clicker.html')), budget: VIEW_BUDGET_KB });
writeFileSync(join(OUT, 'sizes.json'), JSON.stringify(sizes));
for (const { what, kb, budget } of sizes) console.log(`${kb.toFixed(1).padStart(6)} kB of ${budget} gzipped: ${what}`);
if (sizes.some(({ kb, budget }) => kb > budget)) {
  console.error('The pages are above their budget.');
  process.exit(1);
}

function overview() {
  return Object.keys(manifest).find((key) => key.endsWith('views/overview/overview.tsx')) ?? 'dashboard.html';
}
