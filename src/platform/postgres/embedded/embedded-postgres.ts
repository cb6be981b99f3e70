import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { choosePort, freePort } from '../../loopback-port.js';
import { ProcessOwner } from '../../process-owner.js';
import { isAlive } from '../../running-process.js';
import { type Account, accountFor, usableFolder } from './embedded-postgres-account.js';
import { findBinaries } from './embedded-postgres-binaries.js';
import { PostgresServer } from './embedded-postgres-server.js';

const NAME = 'monitoreo';
const START_ATTEMPTS = 5;
const START_PAUSE_MS = 500;

export interface EmbeddedPostgresOptions {
  /** Where the cluster lives; made when missing. */
  readonly folder: string;
  /** Taken when free (default 5433), else any free port. */
  readonly preferredPort?: number;
  /** One line for the operator, at most a few per start. */
  readonly log: (line: string) => void;
  /** Server settings beside those of the launcher, by name. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The platform package that holds the server; tests give a copy of it. */
  readonly packageFolder?: string;
}

export interface EmbeddedPostgres {
  /** `postgresql://monitoreo:<password>@127.0.0.1:<port>/monitoreo`: never log it. */
  readonly url: string;
  /** True when the server was running already. */
  readonly adopted: boolean;
  /** Where the cluster really is: another folder than asked for, when root could not lend the wanted one. */
  readonly folder: string;
  /** Fast shutdown. Does nothing while another living process has the server (see ProcessOwner). */
  stop(): Promise<void>;
}

/**
 * A PostgreSQL server of our own, from npm's binaries: made on the first start, adopted when it runs already.
 * @throws Error with words for an operator when it cannot run here; setting DATABASE_URL is always the way out.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, preferredPort = 5433 } = options;
  const account = await accountFor(options.folder);
  const folder = await usableFolder(options.folder, account);
  const binaries = await findBinaries(account, options.folder, options.packageFolder);
  const moved = [folder !== options.folder && `data in ${folder}`, binaries.copied && `programs in ${binaries.initdb}`];
  if (moved.some(Boolean)) {
    log(`PostgreSQL runs as user ${account.uid}, who cannot enter this clone: ${moved.filter(Boolean).join(', ')}`);
  }
  const server = new PostgresServer(binaries, account, folder, options.settings);
  const password = await ensureCluster(server, folder, account, log);

  const running = await server.runningPort();
  const port = running ?? (await startServer(server, preferredPort));
  const urlOf = (database: string) => `postgresql://${NAME}:${password}@127.0.0.1:${port}/${database}`;
  await ensureDatabase(urlOf('postgres'));
  const owner = await ProcessOwner.claim(folder);
  return {
    url: urlOf(NAME),
    adopted: running !== null,
    folder,
    async stop() {
      if (!(await owner.isThisProcess())) return;
      if ((await server.runningPort()) !== null) await server.stop();
      await owner.release();
    },
  };
}

/** Answers the password. A new cluster and its password appear together, by one rename: an interrupted initdb leaves nothing half. */
async function ensureCluster(
  server: PostgresServer,
  folder: string,
  account: Account,
  log: (line: string) => void,
): Promise<string> {
  const cluster = join(folder, 'cluster');
  const entries = await readdir(folder);
  if (!entries.includes('cluster')) {
    await removeAbandoned(folder, entries);
    log('Making a PostgreSQL cluster (once)');
    const staging = join(folder, `initialising-${process.pid}`);
    await mkdir(staging, { mode: 0o700 });
    const passwordFile = join(staging, 'password');
    await writeFile(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 });
    if (account.uid !== undefined && account.gid !== undefined) {
      await chown(staging, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    try {
      await server.initialise(join(staging, 'data'), passwordFile, NAME);
      await rename(staging, cluster);
    } catch (error) {
      await rm(staging, { recursive: true, force: true });
      throw new Error(`PostgreSQL could not make its cluster in ${folder}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  return (await readFile(join(cluster, 'password'), 'utf8')).trim();
}

async function removeAbandoned(folder: string, entries: readonly string[]): Promise<void> {
  for (const entry of entries) {
    const maker = /^initialising-(\d+)$/.exec(entry)?.[1];
    if (maker !== undefined && !(isAlive(Number(maker)) && Number(maker) !== process.pid)) {
      await rm(join(folder, entry), { recursive: true, force: true });
    }
  }
}

/**
 * A start fails for a moment when the port was taken since it was chosen, when a killed server's children still hold its
 * memory, or when another process starts the same cluster. So: look again, a few times, each on another port.
 */
async function startServer(server: PostgresServer, preferredPort: number): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = attempt === 1 ? await choosePort(preferredPort) : await freePort();
    try {
      await server.start(port);
      return port;
    } catch (error) {
      const started = await server.runningPort();
      if (started !== null) return started;
      if (attempt === START_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, START_PAUSE_MS));
    }
  }
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [NAME]);
    if (rowCount === 0) await client.query(`create database ${NAME}`);
  } finally {
    await client.end();
  }
}
