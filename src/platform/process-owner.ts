import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, readPid } from './running-process.js';

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
