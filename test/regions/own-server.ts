import { execFile } from 'node:child_process';
import { appendFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lastingPort } from '../../src/platform/loopback-port.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/postgres/embedded/embedded-postgres.js';
import { migrate } from '../../src/platform/postgres/migrate.js';
import { migrationsOf } from '../../src/platform/slice.js';
import { slices } from '../support/application.js';
import { temporaryFolder } from '../support/run-folder.js';

const execute = promisify(execFile);

/** How a copy of a cluster comes to life: it follows a primary, or recovers to the end of what it has, as after a restore. */
export interface Awakening {
  readonly signal: 'standby.signal' | 'recovery.signal';
  readonly settings: Readonly<Record<string, string>>;
}

/** A PostgreSQL of a test's own, of which copies can be made. */
export class OwnServer {
  private constructor(
    private readonly place: string,
    private readonly running: EmbeddedPostgres,
  ) {}

  /** A new one, as a service makes it. */
  static async start(): Promise<OwnServer> {
    const server = await OwnServer.startIn(await temporaryFolder('postgres'));
    await migrate(server.url, migrationsOf(slices));
    return server;
  }

  private static async startIn(folder: string): Promise<OwnServer> {
    const settings = { fsync: 'off' };
    const log = () => undefined;
    const running = await startEmbeddedPostgres({ folder, preferredPort: await lastingPort(), log, settings });
    return new OwnServer(folder, running);
  }

  get url(): string {
    return this.running.url;
  }

  stop(): Promise<void> {
    return this.running.stop();
  }

  /** Stops it, copies its files, and starts it again. */
  async copied(): Promise<{ readonly server: OwnServer; readonly copy: string }> {
    await this.stop();
    const copy = await temporaryFolder('postgres-copy');
    await execute('cp', ['-a', join(this.running.folder, 'cluster'), join(copy, 'cluster')]);
    return { server: await OwnServer.startIn(this.place), copy };
  }

  static async awaken(copy: string, { signal, settings }: Awakening): Promise<OwnServer> {
    const data = join(copy, 'cluster', 'data');
    const before = await readdir(data);
    if (before.includes('postmaster.pid')) await rm(join(data, 'postmaster.pid'));
    await writeFile(join(data, signal), '');
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
    await appendFile(join(data, 'postgresql.auto.conf'), lines.join(''));
    return OwnServer.startIn(copy);
  }
}
