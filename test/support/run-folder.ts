import type { Dirent } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJson } from '../../src/platform/durable-file.js';
import { isAlive, readPid, runs } from '../../src/platform/running-process.js';
import { told } from './test-run.js';

const PREFIX = 'monitoreo-test-';

/** `<tmp>/monitoreo-test-<pid of jest>-…`: the servers of a run, and what its tests start beside them. */
export async function makeRunFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  await chmod(folder, 0o755); // as root, PostgreSQL runs as another user
  return folder;
}

/** A new folder for one test; servers left in it end with the run. */
export async function temporaryFolder(name: string): Promise<string> {
  const parent = told('runFolder') ?? tmpdir();
  const folder = await mkdtemp(join(parent, `${name}-`));
  await chmod(folder, 0o755);
  return folder;
}

/** Ends every server whose data is in a subfolder of the run, at once: the data goes too. */
export async function endRun(folder: string): Promise<void> {
  // The run's own servers, those of a test, and those of a service that a test started: <test>/.data/postgres.
  for (let level = [folder], depth = 0; depth < 3; depth++) {
    level = (await Promise.all(level.map(subfolders))).flat();
    await Promise.all(level.map(endServersIn));
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Removes the folders that killed runs left behind. @param parent of the runs' folders */
export async function removeAbandonedRuns(parent = tmpdir()): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1] ?? Number.NaN);
    if (Number.isSafeInteger(pid) && !isAlive(pid)) await endRun(join(parent, name));
  }
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdirIfThere(folder);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

/** A server that ends at this moment removes folders under our hands. */
async function readdirIfThere(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function endServersIn(folder: string): Promise<void> {
  const pids = [await readPid(join(folder, 'cluster/data/postmaster.pid')), await brokerPid(folder)];
  for (const pid of pids) {
    if (pid === null || !(await runs(pid, [folder]))) continue;
    process.kill(pid, 'SIGKILL');
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Null for a broker.json that was spoiled when its run was killed: there is no server to be found by it. */
async function brokerPid(folder: string): Promise<number | null> {
  try {
    const broker = await readJson<{ pid?: unknown }>(join(folder, 'broker.json'), () => undefined);
    return typeof broker?.pid === 'number' && broker.pid > 0 ? broker.pid : null;
  } catch (error) {
    if (['EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
