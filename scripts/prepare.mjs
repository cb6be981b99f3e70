import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Root of the clone: every script works from here, wherever it was called. */
export const ROOT = join(import.meta.dirname, '..');

/** Makes a fresh clone ready to run: installs when the lock file is newer than node_modules, builds when src is newer than dist. */
export function prepare() {
  process.chdir(ROOT);
  if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) install();
  if (modified(STAMP) < newest(['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'])) build();
}

/** The script of an installed package, to be run with this same Node. */
export function packageScript(name, path) {
  return join(dirname(createRequire(join(ROOT, 'package.json')).resolve(`${name}/package.json`)), path);
}

/** Runs a program to its end with our terminal. Answers its exit code. */
export function run(program, args, options = {}) {
  const { status, signal, error } = spawnSync(program, args, { stdio: 'inherit', cwd: ROOT, ...options });
  if (error) throw error;
  if (signal) process.exit(1); // Ctrl-C, which the child got as well
  return status ?? 1;
}

/**
 * Compiles what the project file names. Types are not checked here, which takes two thirds of
 * the compiler's time: `npm run lint` checks them.
 */
export function compile(projectFile) {
  const arguments_ = [packageScript('typescript', 'bin/tsc'), '-p', projectFile, '--noCheck'];
  if (run(process.execPath, arguments_) !== 0) fail(`${projectFile} was not compiled`);
}

/** Beside sources compiled into `target`, a path in the clone. */
export function copySql(target) {
  if (run(process.execPath, [join(ROOT, 'scripts/copy-sql.mjs'), target]) !== 0) fail('the .sql files were not copied');
}

const STAMP = 'dist/.built';

function install() {
  console.log('Installing packages (npm ci, once: about 30 s) …');
  // A shell on Windows, where npm is a batch file.
  const code = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
  });
  if (code !== 0) fail('npm ci failed');
  const now = new Date();
  utimesSync(join(ROOT, 'node_modules/.package-lock.json'), now, now);
}

/** `dist`: the service, its pages and the client. */
export function build() {
  console.log('Building …');
  compile('tsconfig.build.json');
  copySql('dist');
  if (run(process.execPath, [join(ROOT, 'scripts/build-web.mjs')]) !== 0) fail('the pages were not built');
  compile('src/client/tsconfig.json');
  if (run(process.execPath, [join(ROOT, 'scripts/build-client.mjs')]) !== 0) fail('the client was not built');
  writeFileSync(join(ROOT, STAMP), '');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Epoch milliseconds; 0 when there is no such file. */
function modified(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Folders count with their own time too: it changes when a file goes away. */
function newest(paths) {
  return Math.max(
    ...paths.map((path) => {
      const stat = statSync(join(ROOT, path));
      if (!stat.isDirectory()) return stat.mtimeMs;
      return Math.max(stat.mtimeMs, newest(readdirSync(join(ROOT, path)).map((name) => join(path, name))));
    }),
  );
}
