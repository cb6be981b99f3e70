import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePort, lastingPort } from '../../loopback-port.js';
import { ProcessOwner } from '../../process-owner.js';
import { endWithThisProcess, isAlive, runs } from '../../running-process.js';
import {
  javaArguments,
  type JavaOptions,
  LOG4J_XML,
  type PulsarPorts,
  standaloneConf,
} from './embedded-pulsar-configuration.js';
import { isReady, waitUntilReady } from './embedded-pulsar-health.js';

const READY_DEADLINE_MS = 120_000;
/** TERM takes a broker 5 to 8 s (measured); it loses nothing by KILL, so a user need not wait for the end of it. */
const TERM_PATIENCE_MS = 6_000;
const KILL_PATIENCE_MS = 5_000;
const POLL_MS = 100;
const START_ATTEMPTS = 3;
const LOG_TAIL_LINES = 20;

/** What `broker.json` remembers of the running broker. */
interface RunningBroker {
  readonly pid: number;
  readonly ports: PulsarPorts;
}

export interface JavaPulsarOptions extends JavaOptions {
  readonly folder: string;
  readonly lib: string;
  readonly preferredPorts: { readonly broker: number; readonly web: number };
  readonly extraConfiguration: Readonly<Record<string, string>>;
  readonly progress: (line: string) => void;
}

/** A Pulsar standalone in a JVM of its own, which outlives this process unless it is stopped. */
export class JavaPulsar {
  private constructor(
    private readonly folder: string,
    readonly broker: RunningBroker,
    readonly adopted: boolean,
    private readonly owner: ProcessOwner,
  ) {}

  /** Adopts the broker of the folder when it runs, else starts one on the folder's data. @throws Error with the tail of the log. */
  static async open(options: JavaPulsarOptions): Promise<JavaPulsar> {
    await mkdir(options.folder, { recursive: true });
    const running = await findRunning(options.folder);
    const broker = running ?? (await start(options));
    return new JavaPulsar(options.folder, broker, running !== null, await ProcessOwner.claim(options.folder));
  }

  /** TERM, after `patienceMs` KILL; only this one process. Does nothing while another living process has the broker, or when a later start replaced it. */
  async stop(patienceMs = TERM_PATIENCE_MS): Promise<void> {
    const successor = (await readBroker(this.folder))?.pid !== this.broker.pid;
    if (successor || !(await this.owner.isThisProcess())) return;
    await end(this.broker.pid, this.folder, patienceMs);
    await rm(join(this.folder, 'broker.json'), { force: true });
    await rm(join(this.folder, 'tmp'), { recursive: true, force: true });
    await this.owner.release();
  }
}

const isBroker = (pid: number, folder: string) =>
  runs(pid, ['PulsarStandaloneStarter', join(folder, 'standalone.conf')]);
const webUrlOf = (ports: PulsarPorts) => `http://127.0.0.1:${ports.web}`;

async function findRunning(folder: string): Promise<RunningBroker | null> {
  const broker = await readBroker(folder);
  if (broker === null || !(await isBroker(broker.pid, folder))) return null;
  if (await isReady(webUrlOf(broker.ports))) return broker;
  // Not ready, but there: another process may be starting it at this moment.
  const outcome = await waitUntilReady(webUrlOf(broker.ports), READY_DEADLINE_MS, () => isBroker(broker.pid, folder));
  if (outcome === 'ready') return broker;
  await end(broker.pid, folder);
  return null;
}

async function readBroker(folder: string): Promise<RunningBroker | null> {
  try {
    return JSON.parse(await readFile(join(folder, 'broker.json'), 'utf8')) as RunningBroker;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A port can be taken between choosing and binding it: then the broker ends, and other ports are tried. */
async function start(options: JavaPulsarOptions): Promise<RunningBroker> {
  options.progress('Pulsar: starting (5 to 20 s)');
  for (let attempt = 1; ; attempt++) {
    const preferred: Partial<PulsarPorts> = attempt === 1 ? options.preferredPorts : {};
    const ports = {
      broker: await choosePort(preferred.broker),
      web: await choosePort(preferred.web),
      // Used when the data is new. Later starts take the port that the bookie wrote into its storage, whatever we say here.
      bookie: await lastingPort(),
    };
    try {
      return await startOn(ports, options);
    } catch (error) {
      const tail = await logTail(options.folder);
      if (attempt < START_ATTEMPTS && /Address already in use|BindException/.test(tail)) continue;
      throw new Error(`${(error as Error).message}. The end of its log (${logFile(options.folder)}):\n${tail}`, {
        cause: error,
      });
    }
  }
}

async function startOn(ports: PulsarPorts, options: JavaPulsarOptions): Promise<RunningBroker> {
  const { folder, lib } = options;
  await rm(join(folder, 'tmp'), { recursive: true, force: true });
  await mkdir(join(folder, 'tmp'));
  await writeFile(join(folder, 'standalone.conf'), standaloneConf(ports, options.extraConfiguration));
  await writeFile(join(folder, 'log4j2.xml'), LOG4J_XML);
  const log = await open(logFile(folder), 'w');
  // Detached: a process group of its own, so that Ctrl-C reaches this process alone, which then drains first.
  const java = spawn('java', javaArguments(folder, lib, ports.bookie, options), {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  let ended: string | null = null;
  java.once('error', (error) => (ended = error.message));
  java.once('exit', (code, signal) => (ended = `exit ${code ?? signal}`));
  java.unref();
  await log.close();
  if (java.pid === undefined) throw new Error('java could not be started');
  const broker = { pid: java.pid, ports };
  await writeFile(join(folder, 'broker.json.new'), JSON.stringify(broker));
  await rename(join(folder, 'broker.json.new'), join(folder, 'broker.json'));
  const mayLiveOn = endWithThisProcess(java.pid); // Ctrl-C while it starts: nobody would stop it
  const outcome = await waitUntilReady(webUrlOf(ports), READY_DEADLINE_MS, () => ended === null);
  mayLiveOn();
  if (outcome === 'ready') return broker;
  await end(broker.pid, folder);
  throw new Error(
    outcome === 'ended'
      ? `Pulsar ended while starting (${ended})`
      : `Pulsar was not ready within ${READY_DEADLINE_MS / 1000} s`,
  );
}

async function end(pid: number, folder: string, termPatienceMs = TERM_PATIENCE_MS): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGTERM', termPatienceMs],
    ['SIGKILL', KILL_PATIENCE_MS],
  ] as const) {
    if (!(await isBroker(pid, folder))) return;
    process.kill(pid, signal);
    const start = performance.now();
    while (isAlive(pid) && performance.now() - start < patienceMs) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

const logFile = (folder: string) => join(folder, 'broker.log');

async function logTail(folder: string): Promise<string> {
  return (await readFile(logFile(folder), 'utf8')).trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}
