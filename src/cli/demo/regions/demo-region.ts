import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { readEnvironment } from '../../../platform/config/config.js';
import { lastingPort } from '../../../platform/loopback-port.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../platform/postgres/embedded/embedded-postgres.js';
import { type EmbeddedPulsar, startEmbeddedPulsar } from '../../../platform/pulsar/embedded/embedded-pulsar.js';
import { readPid } from '../../../platform/running-process.js';
import { gather } from '../../../platform/slice.js';
import * as catalogue from '../../../slices.js';

const PROGRAM = join(import.meta.dirname, '../../..');
/** Ten times what it takes on two idle cores. */
const READY_MS = 180_000;
const END_MS = 10_000;
const POLL_MS = 50;

interface Place {
  readonly name: string;
  readonly port: number;
  /** It is of the role admin. */
  readonly token: string;
  readonly folder: string;
}

/** One of two regions: PostgreSQL, Pulsar and the service as a process of its own, with the data in a folder that goes away. */
export class DemoRegion {
  // Null: not started yet.
  private postgres: EmbeddedPostgres | null = null;
  private pulsar: EmbeddedPulsar | null = null;
  private service: ChildProcess | null = null;

  private constructor(
    private readonly place: Place,
    private readonly other: Place,
    private readonly libFolder: string,
  ) {}

  static async pair(folder: string, libFolder: string): Promise<[DemoRegion, DemoRegion]> {
    const placeOf = async (name: string) => {
      const token = randomBytes(24).toString('base64url');
      return { name, port: await lastingPort(), token, folder: join(folder, name) };
    };
    const [a, b] = [await placeOf('a'), await placeOf('b')];
    await Promise.all([mkdir(a.folder), mkdir(b.folder)]);
    return [new DemoRegion(a, b, libFolder), new DemoRegion(b, a, libFolder)];
  }

  get name(): string {
    return this.place.name;
  }

  get url(): string {
    return urlOf(this.place);
  }

  get token(): string {
    return this.place.token;
  }

  /** @throws Error with words for an operator when one of them cannot run here; both have come to an end of their start */
  startServers(): Promise<void> {
    return allOf([this.startPostgres(), this.startPulsar()]);
  }

  /** Addresses of its own Pulsar, as the configuration names them. */
  get brokerSettings(): { readonly PULSAR_SERVICE_URL: string; readonly PULSAR_WEB_URL: string } {
    const { serviceUrl, webUrl } = this.pulsar!;
    return { PULSAR_SERVICE_URL: serviceUrl, PULSAR_WEB_URL: webUrl };
  }

  /** A key by which the other region may merge this one, written where that one looks for it. */
  async letOtherMerge(): Promise<void> {
    const [key] = await this.command(['keys', 'create', '--role', 'merge', '--name', `region-${this.other.name}`], {
      MERGE_TOKEN_FILE: '',
    });
    await writeFile(keyFileOf(this.other), key!, { mode: 0o600 });
  }

  /** Resolves when it is ready. */
  async startService(signal: AbortSignal): Promise<void> {
    const log = await open(this.logFile, 'a');
    const env = { ...this.environment(), PORT: String(this.place.port), LOG_LEVEL: 'warn' };
    const stdio = ['ignore', log.fd, log.fd] as const;
    const service = spawn(process.execPath, [join(PROGRAM, 'main.js')], {
      cwd: this.place.folder,
      env,
      stdio: [...stdio],
    });
    this.service = service;
    await log.close();
    const deadline = AbortSignal.timeout(READY_MS);
    while (!(await this.isReady())) {
      signal.throwIfAborted();
      if (service.exitCode !== null || deadline.aborted) {
        const logged = await readFile(this.logFile, 'utf8');
        throw new Error(`The service of region ${this.name} did not become ready:\n${logged.trimEnd()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** SIGKILL to the service and to PostgreSQL, as a power cut. */
  async kill(): Promise<void> {
    const postgres = await readPid(join(this.postgres!.folder, 'cluster/data/postmaster.pid'));
    this.service!.kill('SIGKILL');
    if (postgres !== null) process.kill(postgres, 'SIGKILL');
    await ended(this.service!);
  }

  /** Starts again what `kill` ended. */
  async startAgain(signal: AbortSignal): Promise<void> {
    await this.startPostgres();
    await this.startService(signal);
  }

  /** A command of `npm run`, as an operator of this region calls it. @returns what it says, without its progress */
  async command(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string[]> {
    const env = { ...this.environment(), ...more };
    const command = spawn(process.execPath, [join(PROGRAM, 'cli.js'), ...args], { cwd: this.place.folder, env });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      command[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
    }
    const [code] = (await once(command, 'close')) as [number | null];
    if (code !== 0) {
      throw new Error(`npm run ${args.join(' ')} in region ${this.name}: ${output.stdout}${output.stderr}`);
    }
    return output.stdout.trim().split('\n');
  }

  async ask<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path, { headers: { 'x-api-token': this.token } });
    if (!response.ok) throw new Error(`${path} in region ${this.name}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async query<Row extends QueryResultRow>(statement: string): Promise<Row[]> {
    const client = new Client({ connectionString: this.postgres!.url });
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends what runs of it. */
  async stop(): Promise<void> {
    if (this.service !== null && this.service.exitCode === null && this.service.signalCode === null) {
      this.service.kill('SIGTERM');
      await ended(this.service);
    }
    await Promise.all([this.postgres?.stop(), this.pulsar?.stop()]);
  }

  private async startPostgres(): Promise<void> {
    this.postgres = await startEmbeddedPostgres({
      folder: join(this.place.folder, 'postgres'),
      preferredPort: await lastingPort(),
      log: () => undefined,
    });
  }

  private async startPulsar(): Promise<void> {
    const pulsar = await startEmbeddedPulsar({
      folder: join(this.place.folder, 'pulsar'),
      libFolder: this.libFolder,
      preferredPorts: { broker: await lastingPort(), web: await lastingPort() },
      progress: () => undefined,
    });
    if ('unavailable' in pulsar) throw new Error(pulsar.unavailable);
    this.pulsar = pulsar;
  }

  private get logFile(): string {
    return join(this.place.folder, 'service.log');
  }

  /** Nothing of the caller's configuration reaches a region. */
  private environment(): Record<string, string | undefined> {
    const names = Object.entries(gather(Object.values(catalogue)).variables).flatMap(([name, { synonyms }]) => [
      name,
      `${name}_FILE`,
      ...synonyms,
    ]);
    const around = Object.entries(readEnvironment(join(this.place.folder, '.env'))).filter(
      ([name]) => !names.includes(name),
    );
    return {
      ...Object.fromEntries(around),
      DATA_DIR: join(this.place.folder, 'data'),
      DATABASE_URL: this.postgres!.url,
      ...this.brokerSettings,
      PULSAR_CLUSTER: this.name,
      REGION: this.name,
      REGIONS: `${this.other.name}=${urlOf(this.other)}`,
      API_TOKEN: this.token,
      MERGE_TOKEN_FILE: keyFileOf(this.place),
    };
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) })).ok;
    } catch {
      return false; // it does not listen yet
    }
  }
}

/** Resolves when all have ended, so that what was started can be stopped. @throws what the first that failed did */
export async function allOf(works: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

const urlOf = ({ port }: Place) => `http://127.0.0.1:${port}`;
const keyFileOf = ({ folder }: Place) => join(folder, 'merge-key');

/** Asked to end, a service does within 10 s. */
async function ended(service: ChildProcess): Promise<void> {
  if (service.exitCode !== null || service.signalCode !== null) return;
  const overdue = setTimeout(() => service.kill('SIGKILL'), END_MS);
  await once(service, 'exit');
  clearTimeout(overdue);
}
