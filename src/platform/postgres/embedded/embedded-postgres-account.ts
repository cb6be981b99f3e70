import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, readlink, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The system user that PostgreSQL runs as; `{}` means: as this process. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * PostgreSQL refuses to run as root, so root lends it an unprivileged user that exists already (no user is made).
 * An existing cluster keeps its owner, or a `postgres` user that was installed later could not open it.
 */
export async function accountFor(folder: string): Promise<Account> {
  const self = process.getuid?.();
  if (self === undefined) return {};
  const owner = await ownerOf(folder);
  if (self !== 0) {
    if (owner === null || owner.uid === self) return {};
    throw new Error(
      `The data in ${folder} belongs to user ${owner.uid} (made by a run as root?) and this process is user ${self}: ` +
        'run as before, or remove the folder to begin with an empty database.',
    );
  }
  for (const existing of [owner, await ownerOf(temporaryPathFor(folder))]) {
    if (existing !== null && existing.uid !== 0) return existing;
  }
  for (const name of ['postgres', 'nobody']) {
    const account = await lookUp(name);
    if (account !== null) return account;
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and this system has neither a postgres nor a nobody user: run as another user, or set DATABASE_URL.',
  );
}

/**
 * A folder that the account can write to: the wanted one, or, where the account cannot enter it (a clone under a 0700
 * home), one of the system's temporary directory that is named by a hash of the wanted path.
 */
export async function usableFolder(wanted: string, account: Account): Promise<string> {
  await mkdir(wanted, { recursive: true, mode: 0o700 });
  if (account.uid === undefined || account.gid === undefined) return wanted;
  const entered = await canEnter(dirname(resolve(wanted)), account);
  const folder = entered ? wanted : await temporaryFolderFor(wanted);
  await chown(folder, account.uid, account.gid);
  return folder;
}

/**
 * Whether the path means itself between double quotes of a shell: so initdb and pg_ctl write it there, and what stands in
 * `$(…)` or backquotes would be run.
 */
export function isPlain(path: string): boolean {
  return process.platform === 'win32' || !/["$`\\\n\r]/.test(path);
}

/**
 * The folder itself if its path is plain, else a link to it in the system's temporary directory, which is made anew when it
 * is missing.
 */
export async function plainPathOf(folder: string): Promise<string> {
  if (isPlain(folder)) return folder;
  const link = join(await temporaryRootFor(folder), 'data');
  const target = resolve(folder);
  if ((await linkTarget(link)) !== target) {
    await rm(link, { force: true });
    await symlink(target, link);
  }
  return link;
}

async function linkTarget(link: string): Promise<string | null> {
  try {
    return await readlink(link);
  } catch (error) {
    if (['ENOENT', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** Makes `<tmp>/monitoreo-<hash of the folder around it>/<last part>`; refuses what somebody else has put there. */
export async function temporaryFolderFor(wanted: string): Promise<string> {
  await temporaryRootFor(wanted);
  const folder = temporaryPathFor(wanted);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

async function temporaryRootFor(wanted: string): Promise<string> {
  const root = dirname(temporaryPathFor(wanted));
  await mkdir(root, { mode: 0o711, recursive: true });
  const found = await lstat(root);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new Error(`${root} exists and is not ours: remove it, or set DATABASE_URL.`);
  }
  return root;
}

function temporaryPathFor(wanted: string): string {
  const path = resolve(wanted);
  const hash = createHash('sha256').update(dirname(path)).digest('hex').slice(0, 12);
  return join(tmpdir(), `monitoreo-${hash}`, basename(path));
}

/** Whether the account can pass through the folder. */
export async function canEnter(folder: string, account: Account): Promise<boolean> {
  try {
    await execute('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...account, cwd: '/' });
    return true;
  } catch (error) {
    if (typeof (error as { code?: unknown }).code === 'number') return false;
    throw error;
  }
}

async function ownerOf(folder: string): Promise<{ uid: number; gid: number } | null> {
  try {
    const { uid, gid } = await stat(folder);
    return { uid, gid };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function lookUp(user: string): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([execute('id', ['-u', user]), execute('id', ['-g', user])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch (error) {
    // `id` answers 1 for a user that does not exist; anything else (no `id` at all) is worth an error.
    if ((error as { code?: unknown }).code === 1) return null;
    throw error;
  }
}
