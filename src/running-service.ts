import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, writeDurably } from './platform/durable-file.js';
import { ProcessLock } from './platform/process-lock.js';
import { startOf } from './platform/running-process.js';

/** The content of `running.json` in DATA_DIR. It tells a second start, and `npm run demo`, about the service that runs. */
export interface RunningService {
  readonly pid: number;
  /** When the process began (`startOf`): a pid alone may be another's by now. */
  readonly start: string | null;
  /** The address of its HTTP server; null until it serves. */
  readonly url: string | null;
  /** The address of its own Pulsar; null while there is none. */
  readonly pulsar_service_url: string | null;
  readonly pulsar_web_url: string | null;
}

const FILE = 'running.json';
const NOBODY: RunningService = { pid: 0, start: null, url: null, pulsar_service_url: null, pulsar_web_url: null };

/** A start beside a service that has the same DATA_DIR: it says who that is and what to do, and touches nothing. */
export class ServiceRunsAlready extends Error {
  override readonly name = 'ServiceRunsAlready';
  constructor(folder: string, { pid, url }: RunningService) {
    const who = pid === 0 ? 'another process' : `process ${pid}`;
    super(
      [
        `monitoreo runs already with the data in ${folder}: ${who}${url === null ? '' : `, ${url}`}`,
        url === null ? '  use it   when it is ready' : `  use it   ${url}/docs, and npm run demo in another terminal`,
        `  end it   Ctrl-C in its terminal${pid === 0 ? '' : `, or kill ${pid}`}`,
        '  another  DATA_DIR=<other folder> PORT=<other port> npm start',
      ].join('\n'),
    );
  }
}

/** The one service of a DATA_DIR. */
export class ServiceClaim {
  private told: RunningService;
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly lock: ProcessLock,
    start: string | null,
  ) {
    this.told = { ...NOBODY, pid: process.pid, start };
  }

  /** @throws ServiceRunsAlready */
  static async make(folder: string, say: (line: string) => void): Promise<ServiceClaim> {
    await mkdir(folder, { recursive: true });
    const lock = await ProcessLock.tryAcquire(folder, 'service');
    const running = await readRunning(folder, say);
    if (lock === null) throw new ServiceRunsAlready(folder, running ?? NOBODY);
    // The lock says that nobody runs; but not to another container with the same folder.
    if (running !== null && running.pid !== process.pid && (await isStill(running))) {
      await lock.release();
      throw new ServiceRunsAlready(folder, running);
    }
    const claim = new ServiceClaim(folder, lock, await startOf(process.pid));
    await claim.tell({});
    return claim;
  }

  /** Writes down what is known now. */
  tell(news: Partial<RunningService>): Promise<void> {
    this.told = { ...this.told, ...news };
    const write = () => writeDurably(join(this.folder, FILE), JSON.stringify(this.told));
    this.writing = this.writing.then(write, write); // one after the other
    return this.writing;
  }

  async release(): Promise<void> {
    await this.writing.catch(() => undefined); // who told it heard of the failure
    await rm(join(this.folder, FILE), { force: true });
    await this.lock.release();
  }
}

/** The service that runs with this DATA_DIR, or the last that ran there; null when nothing is told about one. */
export function readRunning(folder: string, say: (line: string) => void): Promise<RunningService | null> {
  return readJson<RunningService>(join(folder, FILE), say);
}

async function isStill({ pid, start }: RunningService): Promise<boolean> {
  return Number.isSafeInteger(pid) && pid > 0 && typeof start === 'string' && (await startOf(pid)) === start;
}
