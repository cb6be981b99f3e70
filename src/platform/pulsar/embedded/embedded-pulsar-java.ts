import { spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, writeDurably } from '../../durable-file.js';
import { choosePort } from '../../loopback-port.js';
import { endWithThisProcess, isAlive, runs } from '../../running-process.js';
import { ServerUsers } from '../../server-users.js';
import { bookieIn } from './embedded-pulsar-bookie.js';
import {
  type Bookie,
  BROKER_FILES,
  JAVA_ENVIRONMENT,
  javaArguments,
  type JavaOptions,
  type PulsarPorts,
} from './embedded-pulsar-configuration.js';
import { prepareFolder } from './embedded-pulsar-folder.js';
import { isReady, waitUntilReady } from './embedded-pulsar-health.js';
import { LostBookie } from './lost-bookie.js';

const READY_DEADLINE_MS = 120_000;
/** TERM takes a broker 5 to 8 s (measured); it loses nothing by KILL, so a user need not wait for the end of it. */
const TERM_PATIENCE_MS = 6_000;
const KILL_PATIENCE_MS = 5_000;
const POLL_MS = 100;
const START_ATTEMPTS = 3;
const LOG_TAIL_LINES = 20;

/** The content of `broker.json`, which remembers the running broker. */
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
  /** Gives up a start that is not finished. */
  readonly signal?: AbortSignal | undefined;
}

/** A Pulsar standalone in a JVM of its own, which outlives this process unless it is stopped. */
export class JavaPulsar {
  private constructor(
    private readonly folder: string,
    readonly broker: RunningBroker,
    readonly adopted: boolean,
    private readonly users: ServerUsers,
  ) {}

  /** Adopts the broker of the folder when it runs, else starts one on the folder's data. @throws Error with the tail of the log. */
  static async open(options: JavaPulsarOptions): Promise<JavaPulsar> {
    const { folder, progress } = options;
    const { server, users } = await ServerUsers.join(folder, async () => {
      const running = await findRunning(folder, progress);
      return { broker: running ?? (await start(options)), adopted: running !== null };
    });
    return new JavaPulsar(folder, server.broker, server.adopted, users);
  }

  /** TERM, after `patienceMs` KILL; only this one process. Does nothing while another living process uses the broker, or when a later start replaced it. */
  async stop(patienceMs = TERM_PATIENCE_MS): Promise<void> {
    const present = await readBroker(this.folder, () => undefined);
    if (present !== null && present.pid !== this.broker.pid) return;
    await this.users.leave(async () => {
      await end(this.broker.pid, this.folder, patienceMs);
      await rm(join(this.folder, 'broker.json'), { force: true });
      await rm(join(this.folder, BROKER_FILES.temporary), { recursive: true, force: true });
    });
  }
}

const isBroker = (pid: number, folder: string) => runs(pid, ['PulsarStandaloneStarter', folder]);
const webUrlOf = (ports: PulsarPorts) => `http://127.0.0.1:${ports.web}`;

async function findRunning(folder: string, say: (line: string) => void): Promise<RunningBroker | null> {
  const broker = await readBroker(folder, say);
  if (broker === null || !(await isBroker(broker.pid, folder))) return null;
  if (await isReady(webUrlOf(broker.ports))) return broker;
  // The broker is there but not ready: another process may be starting it at this moment.
  const outcome = await waitUntilReady(webUrlOf(broker.ports), READY_DEADLINE_MS, () => isBroker(broker.pid, folder));
  if (outcome === 'ready') return broker;
  await end(broker.pid, folder);
  return null;
}

async function readBroker(folder: string, say: (line: string) => void): Promise<RunningBroker | null> {
  const broker = await readJson<Partial<RunningBroker>>(join(folder, 'broker.json'), say);
  return broker?.pid && broker.ports ? (broker as RunningBroker) : null;
}

/**
 * A port can be taken between choosing and binding it: then the broker ends, and is started with another one in its place, and
 * at last with none of those that were wanted. A lost bookie is found by another start.
 */
async function start(options: JavaPulsarOptions): Promise<RunningBroker> {
  options.progress('Pulsar: starting (4 to 15 s)');
  let preferred: Partial<PulsarPorts> = options.preferredPorts;
  for (let attempt = 1; ; attempt++) {
    const bookie = await bookieIn(options.folder);
    const ports = {
      broker: await choosePort(preferred.broker),
      web: await choosePort(preferred.web),
      bookie: bookie.port,
    };
    try {
      return await startOn(ports, bookie, options);
    } catch (error) {
      const tail = await logTail(options.folder);
      const portTaken = /Address already in use|BindException/.test(tail);
      if (portTaken && attempt > 1) preferred = {};
      const isGivenUp = options.signal?.aborted === true;
      if (!isGivenUp && attempt < START_ATTEMPTS && (portTaken || error instanceof LostBookie)) continue;
      throw new Error(`${(error as Error).message}. The end of its log (${logFile(options.folder)}):\n${tail}`, {
        cause: error,
      });
    }
  }
}

async function startOn(ports: PulsarPorts, bookie: Bookie, options: JavaPulsarOptions): Promise<RunningBroker> {
  const { folder, signal } = options;
  await prepareFolder(folder, options.lib, ports, options.extraConfiguration);
  const log = await open(logFile(folder), 'w');
  // Detached: a process group of its own, so that Ctrl-C reaches this process alone, which then drains first.
  const java = spawn('java', javaArguments(folder, bookie, options), {
    cwd: folder,
    env: JAVA_ENVIRONMENT,
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
  await writeDurably(join(folder, 'broker.json'), JSON.stringify(broker));
  const mayLiveOn = endWithThisProcess(java.pid); // Ctrl-C while it starts: nobody would stop it
  const bookieIsLost = LostBookie.watch(logFile(folder));
  let lost = false;
  const outcome = await waitUntilReady(
    webUrlOf(ports),
    READY_DEADLINE_MS,
    async () => ended === null && !signal?.aborted && !(lost = await bookieIsLost()),
  );
  mayLiveOn();
  if (outcome === 'ready') return broker;
  await end(broker.pid, folder, signal?.aborted ? 0 : TERM_PATIENCE_MS);
  if (lost) throw new LostBookie();
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
