import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Who may stop a server that outlives its starter. A second `npm start` in the same clone adopts the running server,
 * and must leave it alone at its end; but when the first starter was killed, the next one inherits the duty.
 */
export class ProcessOwner {
  private constructor(private readonly file: string) {}

  /** Claims the server in `folder` for this process, unless a living process has claimed it. */
  static async claim(folder: string): Promise<ProcessOwner> {
    const owner = new ProcessOwner(join(folder, 'owner.pid'));
    const holder = await owner.holder();
    if (holder === null || !isAlive(holder)) await writeFile(owner.file, `${process.pid}\n`);
    return owner;
  }

  /** Whether stopping the server is this process's business. */
  async isThisProcess(): Promise<boolean> {
    return (await this.holder()) === process.pid;
  }

  async release(): Promise<void> {
    await rm(this.file, { force: true });
  }

  private async holder(): Promise<number | null> {
    return readPid(this.file);
  }
}

/** The process id on the first line of a pid file; null when there is no such file or no number in it. */
export async function readPid(file: string): Promise<number | null> {
  try {
    const pid = Number.parseInt((await readFile(file, 'utf8')).split('\n')[0] ?? '', 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whether a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
