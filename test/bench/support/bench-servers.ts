import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/platform/loopback-port.js';
import { startEmbeddedPostgres } from '../../../src/platform/postgres/embedded/embedded-postgres.js';
import { migrate } from '../../../src/platform/postgres/migrate.js';
import { migrationsOf } from '../../../src/platform/slice.js';
import * as catalogue from '../../../src/slices.js';
import { startEmbeddedPulsar } from '../../../src/platform/pulsar/embedded/embedded-pulsar.js';

export interface BenchPostgres {
  readonly url: string;
  /** The process id of the postmaster. */
  readonly pid: number;
  stop(): Promise<void>;
}

const note = (line: string) => void process.stderr.write(`${line}\n`);

/** A PostgreSQL of the bench's own, migrated, durable as in production. */
export async function benchPostgres(): Promise<BenchPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'monitoreo-bench-'));
  const server = await startEmbeddedPostgres({ folder, preferredPort: await freePort(), log: note });
  await migrate(server.url, migrationsOf(Object.values(catalogue)));
  return {
    url: server.url,
    pid: Number((await readFile(join(server.folder, 'cluster/data/postmaster.pid'), 'utf8')).split('\n')[0]),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface BenchPulsar {
  readonly serviceUrl: string;
  readonly webUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A broker of the bench's own, with the optimising compiler and room to cache. @param configuration further lines of standalone.conf */
export async function benchPulsar(configuration: Readonly<Record<string, string>> = {}): Promise<BenchPulsar> {
  const folder = await mkdtemp(join(tmpdir(), 'monitoreo-bench-'));
  const broker = await startEmbeddedPulsar({
    folder,
    libFolder: join(process.cwd(), '.data/pulsar-lib'),
    preferredPorts: { broker: await freePort(), web: await freePort() },
    useDocker: false,
    heapMb: 512,
    jit: 'c2',
    extraConfiguration: configuration,
    progress: note,
  });
  if ('unavailable' in broker) throw new Error(broker.unavailable);
  return {
    serviceUrl: broker.serviceUrl,
    webUrl: broker.webUrl,
    pid: broker.pid ?? 0,
    stop: async () => {
      await broker.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
