import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from './durable-file.js';
import { ProcessLock } from './process-lock.js';
import { startOf } from './running-process.js';

/** A start of Pulsar takes up to 120 s, and more with a port that was taken in between. */
const LONGEST_START_MS = 400_000;
const LONGEST_WAIT_TO_STOP_MS = 3_000;

/**
 * Notes which processes use a server that outlives its starter: `users/<pid>` beside its data, with the start time of that
 * process, because another process may have the pid by now. The last one to leave stops the server. So neither a service nor
 * a command beside it (`npm run verify`) ends what the other still needs, and the servers of a killed starter belong to the
 * next one.
 */
export class ServerUsers {
  private constructor(private readonly folder: string) {}

  /** Runs `open`, which finds or starts the server, and writes this process down; meanwhile nobody else starts or stops it. */
  static async join<T>(folder: string, open: () => Promise<T>): Promise<{ server: T; users: ServerUsers }> {
    await mkdir(folder, { recursive: true });
    const turn = await ProcessLock.acquire(folder, 'server', LONGEST_START_MS);
    if (turn === null)
      throw new Error(`Another process has been starting or stopping the server in ${folder} for minutes.`);
    try {
      const users = new ServerUsers(join(folder, 'users'));
      const server = await open();
      await users.add();
      return { server, users };
    } finally {
      await turn.release();
    }
  }

  /** Strikes this process out, and runs `stop` when no other living process uses the server. */
  async leave(stop: () => Promise<void>): Promise<void> {
    if (!(await exists(this.folder))) return; // somebody removed the data under it
    const turn = await ProcessLock.acquire(join(this.folder, '..'), 'server', LONGEST_WAIT_TO_STOP_MS);
    try {
      await rm(join(this.folder, String(process.pid)), { force: true });
      // No turn is needed: somebody is just opening the server, and will close it.
      if (turn !== null && !(await this.anybody())) await stop();
    } finally {
      await turn?.release();
    }
  }

  private async add(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const start = await startOf(process.pid);
    await writeDurably(join(this.folder, String(process.pid)), start ?? '');
  }

  private async anybody(): Promise<boolean> {
    for (const name of await readdir(this.folder)) {
      if (await this.isPresent(name)) return true;
      await rm(join(this.folder, name), { force: true });
    }
    return false;
  }

  private async isPresent(name: string): Promise<boolean> {
    if (!/^\d+$/.test(name)) return false;
    const start = await startOf(Number(name));
    return start !== null && (await readIfThere(join(this.folder, name))) === start;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
