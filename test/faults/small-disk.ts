import { execFile } from 'node:child_process';
import { chown, mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const SIZE_MB = 96;
const CHUNK = Buffer.alloc(1024 * 1024);

/** A file system of its own, small enough to be filled, in memory. Only root can have one, on Linux. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** @param like whose owner gets the folder. @returns why there can be none here, or the disk. */
  static async mount(folder: string, like: string): Promise<SmallDisk | { readonly unavailable: string }> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      return { unavailable: 'a file system of its own needs root on Linux' };
    }
    await mkdir(folder);
    try {
      await execute('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder]);
    } catch (error) {
      return { unavailable: `tmpfs cannot be mounted here: ${(error as Error).message.split('\n')[0]}` };
    }
    const { uid, gid } = await stat(like);
    const tablespace = join(folder, 'tablespace');
    await mkdir(tablespace, { mode: 0o700 });
    await chown(tablespace, uid, gid);
    return new SmallDisk(folder);
  }

  get tablespace(): string {
    return join(this.folder, 'tablespace');
  }

  /** Not a byte is left. */
  async fill(): Promise<void> {
    const ballast = await open(this.ballast, 'w');
    try {
      for (let size = CHUNK.length; size >= 1; size = size > 1 ? size >> 1 : 0) {
        while (await writes(ballast, size));
      }
    } finally {
      await ballast.close();
    }
  }

  async empty(): Promise<void> {
    await rm(this.ballast);
  }

  async unmount(): Promise<void> {
    await execute('umount', ['--lazy', this.folder]);
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}

async function writes(file: Awaited<ReturnType<typeof open>>, size: number): Promise<boolean> {
  try {
    const { bytesWritten } = await file.write(CHUNK, 0, size);
    return bytesWritten === size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
