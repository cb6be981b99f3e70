import { execFile, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { renameDurably, syncFolder } from '../../durable-file.js';
import { choosePort } from '../../loopback-port.js';
import { endWithThisProcess } from '../../running-process.js';
import { bookieIn } from './embedded-pulsar-bookie.js';
import { JAVA_ENVIRONMENT, javaArguments } from './embedded-pulsar-configuration.js';
import { prepareFolder } from './embedded-pulsar-folder.js';
import { waitUntilReady } from './embedded-pulsar-health.js';
import { removeAbandoned } from './embedded-pulsar-jars.js';

const execute = promisify(execFile);
const ARCHIVE = 'classes.jsa';
/** Shorter than for a broker that is needed: this one only makes others quicker. */
const READY_DEADLINE_MS = 60_000;
const WRITTEN_DEADLINE_MS = 60_000;
/** 128 + SIGTERM, by which a JVM ends that was asked to. */
const ENDED_AS_ASKED = 143;

/**
 * The name of the class archive among the jars: the broker's classes as the JVM has loaded and verified them. With it a
 * broker is ready in 0.55 of the time and of the processor time (4.9 of 8.9 s, 4.1 of 7.1 s). The first call makes it, by
 * starting and ending a broker without data of anybody (15 s); each version of Java has its own. Null where there is none: a
 * broker starts without it too.
 */
export async function ensureClassArchive(lib: string, progress: (line: string) => void): Promise<string | null> {
  const { stderr: javaVersion } = await execute('java', ['-version']);
  const name = `classes-${createHash('sha256').update(javaVersion).digest('hex').slice(0, 12)}.jsa`;
  const bytes = await sizeOf(join(lib, name));
  if (bytes !== null) return bytes > 0 ? name : null;

  progress('Pulsar: preparing quicker starts (15 to 40 s, once)');
  await removeAbandoned(dirname(lib));
  const folder = `${lib}.${randomUUID()}.partial-${process.pid}`;
  try {
    await mkdir(folder);
    await startOnce(folder, lib);
    // A JVM that does not know the option writes none. The empty file says so to later starts.
    const written = (await sizeOf(join(folder, ARCHIVE))) !== null;
    if (!written) await writeFile(join(folder, ARCHIVE), '');
    await syncFolder(folder);
    await renameDurably(join(folder, ARCHIVE), join(lib, name));
    return written ? name : null;
  } catch (error) {
    progress(`Pulsar: quicker starts could not be prepared: ${(error as Error).message}`);
    return null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts a broker in the folder and ends it as soon as it is ready. Its JVM then writes the archive. */
async function startOnce(folder: string, lib: string): Promise<void> {
  const bookie = await bookieIn(folder);
  const ports = { broker: await choosePort(), web: await choosePort(), bookie: bookie.port };
  await prepareFolder(folder, lib, ports, {});
  const java = spawn(
    'java',
    [
      `-XX:ArchiveClassesAtExit=${ARCHIVE}`,
      ...javaArguments(folder, bookie, { heapMb: 384, jit: 'c1', classArchive: null }),
    ],
    { cwd: folder, env: JAVA_ENVIRONMENT, stdio: 'ignore' },
  );
  const ended = once(java, 'exit') as Promise<[number | null]>;
  ended.catch(() => undefined); // it is awaited below
  const mayLiveOn = java.pid === undefined ? () => undefined : endWithThisProcess(java.pid);
  try {
    const alive = () => java.exitCode === null && java.signalCode === null;
    const outcome = await waitUntilReady(`http://127.0.0.1:${ports.web}`, READY_DEADLINE_MS, alive);
    if (outcome !== 'ready') throw new Error('the broker that was to load the classes did not become ready');
    java.kill('SIGTERM');
    const impatience = setTimeout(() => java.kill('SIGKILL'), WRITTEN_DEADLINE_MS);
    const [code] = await ended;
    clearTimeout(impatience);
    if (code !== ENDED_AS_ASKED && process.platform !== 'win32') throw new Error(`the JVM ended with ${code}`);
  } finally {
    java.kill('SIGKILL');
    mayLiveOn();
  }
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
