import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const GONE = ['ENOENT', 'ESRCH'];
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** The process id on the first line of a pid file; null when there is no such file or no number in it. */
export async function readPid(file: string): Promise<number | null> {
  const pid = Number.parseInt((await readIfThere(file))?.split('\n')[0] ?? '', 10);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

/** Whether a process with this id runs, whoever owns it. One that ended and that nobody waited for yet (a zombie) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return process.platform !== 'linux' || !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    // `<pid> (<name>) <state> …`; a name can hold blanks and brackets.
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    if (GONE.includes((error as NodeJS.ErrnoException).code ?? '')) return true;
    throw error;
  }
}

/**
 * Whether the living process with this id was started with `words` on its command line. A pid alone proves nothing: after a
 * reboot another program can have it.
 */
export async function runs(pid: number, words: readonly string[]): Promise<boolean> {
  if (process.platform === 'win32') return isAlive(pid); // neither /proc nor ps: the pid has to do
  const commandLine = process.platform === 'linux' ? await fromProc(pid) : await fromPs(pid, 'args=');
  return words.every((word) => commandLine.includes(word));
}

/**
 * When the living process with this id was started. No other process with the same id has the same text, not even after a
 * reboot, when ids and ticks begin again. Null when there is no such process.
 */
export async function startOf(pid: number): Promise<string | null> {
  if (!isAlive(pid)) return null;
  if (process.platform === 'win32') return 'unknown'; // neither /proc nor ps: the pid has to do
  if (process.platform !== 'linux') return (await fromPs(pid, 'lstart=')).trim() || null;
  const [stat, boot] = await Promise.all([readIfThere(`/proc/${pid}/stat`), readIfThere(BOOT_ID)]);
  if (stat === null) return null;
  // The 22nd field, counted behind the name, which can hold blanks and brackets.
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return `${boot?.trim() ?? ''} ${ticks}`;
}

/** Ends the process with this one, should this one end first. Call the answer when it may live on. */
export function endWithThisProcess(pid: number): () => void {
  const end = () => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  };
  process.once('exit', end);
  return () => void process.removeListener('exit', end);
}

async function fromProc(pid: number): Promise<string> {
  return (await readIfThere(`/proc/${pid}/cmdline`))?.replaceAll('\0', ' ') ?? '';
}

async function fromPs(pid: number, column: 'args=' | 'lstart='): Promise<string> {
  try {
    return (await execute('ps', ['-ww', '-o', column, '-p', String(pid)])).stdout;
  } catch (error) {
    if ((error as { code?: unknown }).code === 1) return ''; // no such process
    throw error;
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (GONE.includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
