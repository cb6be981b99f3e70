import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { renameDurably, syncFolder } from '../../durable-file.js';
import { endWithThisProcess, isAlive } from '../../running-process.js';

const execute = promisify(execFile);
const POM = join(import.meta.dirname, '../../../../deploy/pulsar/pom.xml');
const OLDEST_JAVA = 17;
const PROGRESS_EVERY_MS = 3_000;
const ERROR_LINES = 6;

/** Says in a few words what is missing to run Pulsar without Docker; null when nothing is. */
export async function missingForJava(lib: string): Promise<string | null> {
  const java = await javaVersion();
  if (java === null) return `Java ${OLDEST_JAVA} or newer is not installed`;
  if (java < OLDEST_JAVA) return `Java is version ${java}, ${OLDEST_JAVA} or newer is needed`;
  // Maven is needed once: with the jars in place a laptop needs no network and no Maven.
  if (!(await isFolder(await jarFolder(lib))) && !(await answers('mvn', ['--version'])))
    return 'Maven is not installed';
  return null;
}

/**
 * The folder with Pulsar's jars, downloaded (139 MB, 234 jars) on the first call.
 * It is named by a hash of the pom, so that a new version is not mixed with an old one.
 * @throws Error with Maven's own words when it cannot resolve them.
 */
export async function ensureJars(lib: string, progress: (line: string) => void): Promise<string> {
  const folder = await jarFolder(lib);
  if (await isFolder(folder)) return folder;
  await mkdir(lib, { recursive: true });
  // Copied aside and renamed: an interrupted download leaves nothing that looks complete.
  await removeAbandoned(lib);
  const partial = `${folder}.partial-${process.pid}`;
  try {
    await copyDependencies(partial, progress);
    await syncFolder(partial);
    await renameDurably(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!(await isFolder(folder))) throw error; // else another start was quicker
  }
  return folder;
}

/** Removes what interrupted calls have left among the jars. */
export async function removeAbandoned(lib: string): Promise<void> {
  for (const name of await readdir(lib)) {
    const maker = /\.partial-(\d+)$/.exec(name)?.[1];
    if (maker === undefined || (isAlive(Number(maker)) && Number(maker) !== process.pid)) continue;
    await rm(join(lib, name), { recursive: true });
  }
}

async function jarFolder(lib: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(POM));
  return join(lib, hash.digest('hex').slice(0, 12));
}

async function copyDependencies(target: string, progress: (line: string) => void): Promise<void> {
  progress('Pulsar: resolving its jars with Maven (139 MB, once)');
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${target}`];
  const maven = spawn('mvn', ['-B', '-f', POM, ...goal], { stdio: ['ignore', 'pipe', 'pipe'] });
  const downloads = new DownloadCount();
  const errors: string[] = [];
  const read = (text: string) => {
    for (const line of text.split('\n')) {
      downloads.read(line);
      if (line.startsWith('[ERROR]')) errors.push(line.slice('[ERROR] '.length));
    }
  };
  maven.stdout.setEncoding('utf8').on('data', read);
  maven.stderr.setEncoding('utf8').on('data', read);
  const mayLiveOn = maven.pid === undefined ? () => undefined : endWithThisProcess(maven.pid);
  const ticker = setInterval(() => progress(`Pulsar: ${downloads.toString()}`), PROGRESS_EVERY_MS);
  try {
    const code = await new Promise<number | null>((resolve, reject) =>
      maven.once('error', reject).once('close', resolve),
    );
    if (code !== 0) {
      throw new Error(`Maven could not resolve Pulsar's jars: ${errors.slice(0, ERROR_LINES).join('\n')}`);
    }
  } finally {
    clearInterval(ticker);
    mayLiveOn();
  }
}

/** Counts Maven's lines `Downloaded from <id>: <url> (1.2 MB at 3.4 MB/s)`. */
export class DownloadCount {
  private jars = 0;
  private bytes = 0;

  read(line: string): void {
    const [, amount, unit] = /Downloaded from .*\.jar \(([\d.]+) (B|kB|MB)/.exec(line) ?? [];
    if (amount === undefined) return;
    this.jars++;
    this.bytes += Number(amount) * ({ B: 1, kB: 1e3, MB: 1e6 }[unit ?? 'B'] ?? 0);
  }

  toString(): string {
    return this.jars === 0
      ? 'Maven is reading its catalogue'
      : `${this.jars} jars, ${Math.round(this.bytes / 1e6)} MB downloaded`;
  }
}

/** The major version of `java` on the PATH; null when there is none. */
async function javaVersion(): Promise<number | null> {
  try {
    const { stderr } = await execute('java', ['-version'], { timeout: 10_000 });
    const version = /version "(?:1\.)?(\d+)/.exec(stderr)?.[1];
    return version === undefined ? null : Number(version);
  } catch (error) {
    // macOS has a `java` that only says where to get one: it ends with 1.
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || typeof code === 'number') return null;
    throw error;
  }
}

async function answers(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await execute(program, args, { timeout: 30_000 });
    return true;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || typeof code === 'number') return false;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
