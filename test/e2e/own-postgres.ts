import { join } from 'node:path';
import { lastingPort } from '../../src/platform/loopback-port.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/postgres/embedded/embedded-postgres.js';
import { readPid, runs } from '../../src/platform/running-process.js';
import { temporaryFolder } from '../support/run-folder.js';
import { eventually } from '../support/waiting.js';

const GONE_MS = 10_000;
const START_MS = 30_000;

/** A PostgreSQL of one test, to be killed and started again on the same data and port. */
export class OwnPostgres {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private running: EmbeddedPostgres,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const folder = join(await temporaryFolder('own-postgres'), 'postgres');
    const port = await lastingPort();
    return new OwnPostgres(folder, port, await startOn(folder, port));
  }

  /** The same after each restart. */
  get url(): string {
    return this.running.url;
  }

  /** Where the cluster lies. */
  get dataFolder(): string {
    return join(this.running.folder, 'cluster/data');
  }

  async start(): Promise<void> {
    this.running = await startOn(this.folder, this.port);
  }

  /** SIGKILL to the postmaster; its children end by themselves when they notice. */
  async kill(): Promise<void> {
    const pid = (await readPid(join(this.running.folder, 'cluster/data/postmaster.pid')))!;
    process.kill(pid, 'SIGKILL');
    await eventually(async () => !(await runs(pid, ['postgres'])), { within: GONE_MS, what: 'PostgreSQL is gone' });
  }

  async stop(): Promise<void> {
    await this.running.stop();
  }
}

/** While a killed server's children still hold its memory, a start fails, and the launcher tries other ports. */
function startOn(folder: string, port: number): Promise<EmbeddedPostgres> {
  const attempt = async () => {
    const postgres = await startEmbeddedPostgres({ folder, preferredPort: port, log: () => undefined });
    if (new URL(postgres.url).port === String(port)) return postgres;
    await postgres.stop();
    return false;
  };
  return eventually(attempt, { within: START_MS, what: `PostgreSQL runs on port ${port}` });
}
