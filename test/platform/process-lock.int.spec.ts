import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ProcessLock } from '../../src/platform/process-lock.js';
import { temporaryFolder } from '../support/run-folder.js';
import { eventually } from '../support/waiting.js';

let folder: string;
let holder: ChildProcess | undefined;
beforeEach(async () => {
  folder = await temporaryFolder('lock');
});
afterEach(() => void holder?.kill('SIGKILL'));

/** Another process (the compiled lock, `npm run build`) that takes the lock and keeps it. */
async function heldElsewhere(): Promise<void> {
  const lock = pathToFileURL(join(process.cwd(), 'dist/platform/process-lock.js')).href;
  const script = `import { ProcessLock } from '${lock}';
    console.log((await ProcessLock.tryAcquire(${JSON.stringify(folder)}, 'service')) === null ? 'refused' : 'held');
    setInterval(() => undefined, 1000);`;
  holder = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(holder.stdout!, 'data')) as [Buffer];
  expect(said.toString().trim()).toBe('held');
}

test('is free again when its holder is killed, and leaves nothing to clear away', async () => {
  await heldElsewhere();
  expect(await ProcessLock.tryAcquire(folder, 'service')).toBeNull();
  holder!.kill('SIGKILL');
  const lock = await eventually(async () => (await ProcessLock.tryAcquire(folder, 'service')) ?? false, {
    within: 5_000,
    what: 'the lock is free',
  });
  await lock.release();
});

test('is one per folder and name, by whatever path; a second holder in the same process is refused too', async () => {
  const lock = (await ProcessLock.tryAcquire(folder, 'service'))!;
  const link = join(await temporaryFolder('lock-link'), 'link');
  await symlink(folder, link);
  expect(await ProcessLock.tryAcquire(link, 'service')).toBeNull();

  const otherName = (await ProcessLock.tryAcquire(folder, 'server'))!;
  await mkdir(join(folder, 'inner'));
  const otherFolder = (await ProcessLock.tryAcquire(join(folder, 'inner'), 'service'))!;
  await Promise.all([lock.release(), otherName.release(), otherFolder.release()]);

  const again = (await ProcessLock.tryAcquire(folder, 'service'))!;
  await again.release();
});

test('who waits gets it when it is let go, or null after the time given', async () => {
  const lock = (await ProcessLock.tryAcquire(folder, 'server'))!;
  expect(await ProcessLock.acquire(folder, 'server', 100)).toBeNull();
  const waiting = ProcessLock.acquire(folder, 'server', 10_000);
  await lock.release();
  await (await waiting)!.release();
});
