import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { renameDurably, writeDurably } from '../../durable-file.js';
import { choosePort, lastingPort } from '../../loopback-port.js';
import { isAlive } from '../../running-process.js';
import { ServerUsers } from '../../server-users.js';
import { type Account, accountFor, isPlain, plainPathOf, usableFolder } from './embedded-postgres-account.js';
import { findBinaries } from './embedded-postgres-binaries.js';
import { PostgresServer } from './embedded-postgres-server.js';

const NAME = 'monitoreo';
const START_ATTEMPTS = 5;
const START_PAUSE_MS = 500;

export interface EmbeddedPostgresOptions {
  /** The folder of the cluster; it is made when missing. */
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
  /** The real folder of the cluster. It is another one than asked for when root could not lend the wanted one. */
  readonly folder: string;
  /** Fast shutdown. Does nothing while another living process uses the server (see ServerUsers). */
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
  const plain = await plainPathOf(folder);
  const moved = [
    folder !== options.folder && `data in ${folder}`,
    plain !== folder && `data by the link ${plain}`,
    binaries.copied && `programs in ${binaries.initdb}`,
  ].filter(Boolean);
  if (moved.length > 0) {
    const why = isPlain(options.folder)
      ? `as user ${account.uid}, who cannot enter this clone`
      : 'outside of its folder, whose path holds a sign that a shell would read';
    log(`PostgreSQL runs ${why}: ${moved.join(', ')}`);
  }
  const server = new PostgresServer(binaries, account, plain, options.settings);
  const open = async () => {
    const password = await ensureCluster(server, plain, account, log);
    const running = await server.runningPort();
    const port = running ?? (await startServer(server, preferredPort));
    const urlOf = (database: string) => `postgresql://${NAME}:${password}@127.0.0.1:${port}/${database}`;
    await ensureDatabase(urlOf('postgres'));
    return { url: urlOf(NAME), adopted: running !== null };
  };
  const { server: opened, users } = await ServerUsers.join(folder, open);
  return {
    ...opened,
    folder,
    stop: () =>
      users.leave(async () => {
        if ((await server.runningPort()) !== null) await server.stop();
      }),
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
    await writeDurably(passwordFile, randomBytes(18).toString('base64url'), 0o600);
    if (account.uid !== undefined && account.gid !== undefined) {
      await chown(staging, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    try {
      await server.initialise(join(staging, 'data'), passwordFile, NAME);
      await renameDurably(staging, cluster); // initdb has brought its own files to the disk
    } catch (error) {
      await rm(staging, { recursive: true, force: true });
      throw new Error(`PostgreSQL could not make its cluster in ${folder}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  const password = (await readFile(join(cluster, 'password'), 'utf8')).trim();
  if (password !== '') return password;
  throw new Error(
    `${join(cluster, 'password')} is empty (a power cut?), and nobody can enter the database without it: write the password ` +
      'there again from a copy, or set DATABASE_URL to another PostgreSQL.',
  );
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
    const port = attempt === 1 ? await choosePort(preferredPort) : await lastingPort();
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
