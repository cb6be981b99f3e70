import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { constants, open, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';

const POLL_MS = 50;
/** On BSD and macOS these flags open and lock in one call, which fails when another process has the lock. */
const O_EXLOCK_NONBLOCK = 0x20 | 0x4;

/**
 * A lock on a folder that the system itself takes away when its holder dies, however it dies: no file stays behind that
 * the next start would have to distrust. On Linux an abstract socket, on Windows a named pipe, elsewhere a locked file.
 */
export class ProcessLock {
  private constructor(private readonly letGo: () => Promise<void>) {}

  /** @param name one folder can have several locks. @returns null when another holds it, in this process too */
  static async tryAcquire(folder: string, name: string): Promise<ProcessLock | null> {
    const path = await realpath(folder);
    if (process.platform !== 'linux' && process.platform !== 'win32') return lockFile(join(path, `${name}.lock`));
    const hash = createHash('sha256').update(`${path}\0${name}`).digest('hex').slice(0, 24);
    const socket = `monitoreo-${userInfo().username}-${hash}`;
    return listen(process.platform === 'linux' ? `\0${socket}` : `\\\\.\\pipe\\${socket}`);
  }

  /** Waits for its turn. @returns null when `withinMs` passed. */
  static async acquire(folder: string, name: string, withinMs: number): Promise<ProcessLock | null> {
    const start = performance.now();
    for (;;) {
      const lock = await ProcessLock.tryAcquire(folder, name);
      if (lock !== null || performance.now() - start > withinMs) return lock;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  release(): Promise<void> {
    return this.letGo();
  }

  /** @internal for the two ways of locking below */
  static heldBy(letGo: () => Promise<void>): ProcessLock {
    return new ProcessLock(letGo);
  }
}

async function listen(path: string): Promise<ProcessLock | null> {
  const server = createServer((connection) => connection.destroy());
  server.listen(path);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
    throw error;
  }
  server.unref();
  return ProcessLock.heldBy(async () => {
    server.close();
    await once(server, 'close');
  });
}

async function lockFile(path: string): Promise<ProcessLock | null> {
  try {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT | O_EXLOCK_NONBLOCK, 0o644);
    return ProcessLock.heldBy(() => file.close());
  } catch (error) {
    if (['EAGAIN', 'EWOULDBLOCK'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
