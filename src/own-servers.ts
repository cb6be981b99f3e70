import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from './platform/config/config.js';
import { startEmbeddedPostgres } from './platform/postgres/embedded/embedded-postgres.js';
import { startEmbeddedPulsar } from './platform/pulsar/embedded/embedded-pulsar.js';

/**
 * What the configuration names no address for: a PostgreSQL, a Pulsar standalone, both with their data in DATA_DIR,
 * reused by the next start. Without Docker and Java there is no Pulsar, and the configuration says why.
 */
export class OwnServers {
  private readonly started: { stop(patienceMs?: number): Promise<void> }[] = [];
  private readonly folder: string;

  /** @param say one line for the person who waits. */
  constructor(
    private readonly configured: Config,
    private readonly say: (line: string) => void,
  ) {
    this.folder = resolve(configured.settings.DATA_DIR);
  }

  /** @returns the configuration with the addresses of what was started. */
  async start(): Promise<Config> {
    const { DATABASE_URL, PULSAR_SERVICE_URL } = this.configured.settings;
    let config = this.configured;
    if (DATABASE_URL === null) config = await this.startPostgres(config);
    if (PULSAR_SERVICE_URL === null) config = await this.startPulsar(config);
    return config;
  }

  /** Ends what `start` started, also half-way; the data stays. @param patienceMs then the broker is killed: its data bears that. */
  async stop(patienceMs?: number): Promise<void> {
    await Promise.all(this.started.map((server) => server.stop(patienceMs)));
  }

  private async startPostgres(config: Config): Promise<Config> {
    const postgres = await startEmbeddedPostgres({ folder: join(this.folder, 'postgres'), log: this.say });
    this.started.push(postgres);
    this.say(`PostgreSQL: ${postgres.adopted ? 'already running' : 'started'} on port ${new URL(postgres.url).port}`);
    return config.with({ DATABASE_URL: postgres.url });
  }

  private async startPulsar(config: Config): Promise<Config> {
    const pulsar = await startEmbeddedPulsar({ folder: join(this.folder, 'pulsar'), progress: this.say });
    if ('unavailable' in pulsar) {
      this.say(pulsar.unavailable);
      return config.with({}, pulsar.unavailable);
    }
    // For `npm run demo`, which must find the broker of the service that runs.
    const addresses = join(this.folder, 'running.json');
    await mkdir(this.folder, { recursive: true });
    await writeFile(
      addresses,
      JSON.stringify({ pulsar_service_url: pulsar.serviceUrl, pulsar_web_url: pulsar.webUrl }),
    );
    this.started.push(pulsar, { stop: () => rm(addresses, { force: true }) });
    this.say(`Pulsar: ${pulsar.adopted ? 'already running' : 'started'} on ${pulsar.serviceUrl}`);
    return config.with({ PULSAR_SERVICE_URL: pulsar.serviceUrl, PULSAR_WEB_URL: pulsar.webUrl });
  }
}
