import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPid } from '../../src/platform/running-process.js';
import { temporaryFolder } from '../support/run-folder.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';

/** A JVM on a busy machine. */
const FIRST_START_MS = 90_000;
const READY_MS = 20_000;

interface HealthReport {
  readonly status: string;
  readonly components: Record<string, { status: string; reason?: string } | undefined>;
}

/** A DATA_DIR of one test, and the services that it starts there. */
export class OwnDataFolder {
  private readonly services: RunningService[] = [];

  private constructor(readonly path: string) {}

  static async make(): Promise<OwnDataFolder> {
    const path = join(await temporaryFolder('own-servers'), 'data');
    await mkdir(path);
    return new OwnDataFolder(path);
  }

  /** A service with its servers here, ready. */
  async start(env: Record<string, string>): Promise<RunningService> {
    const service = await startService({ env: { DATA_DIR: this.path, ...env }, within: FIRST_START_MS });
    this.services.push(service);
    const ready = async () =>
      service.logs().includes('monitoreo is ready') && (await fetch(`${service.url}/health/ready`)).ok;
    await eventually(ready, { within: READY_MS, what: 'it is ready' });
    return service;
  }

  /** As Ctrl-C. */
  async stop(service: RunningService): Promise<void> {
    service.kill('SIGINT');
    expect(await service.exited).toEqual({ code: 0, signal: null });
  }

  /** Ends what a failed test left. */
  async kill(): Promise<void> {
    for (const service of this.services) service.kill('SIGKILL');
    await Promise.all(this.services.map(({ exited }) => exited));
  }

  /** The process id of PostgreSQL (null: it does not run). */
  postmaster(): Promise<number | null> {
    return readPid(join(this.path, 'postgres/cluster/data/postmaster.pid'));
  }

  async broker(): Promise<{ pid: number }> {
    return JSON.parse(await readFile(join(this.path, 'pulsar/broker.json'), 'utf8')) as { pid: number };
  }

  /** The facts that the service tells others about itself. */
  async told(): Promise<Record<string, string | number | null>> {
    return JSON.parse(await readFile(join(this.path, 'running.json'), 'utf8')) as Record<
      string,
      string | number | null
    >;
  }
}

export const healthOf = async ({ url }: RunningService): Promise<HealthReport> =>
  (await (await fetch(`${url}/health`)).json()) as HealthReport;

export const expectDatabaseUp = async (service: RunningService): Promise<void> =>
  expect((await healthOf(service)).components.postgresql).toEqual({ status: 'up' });
