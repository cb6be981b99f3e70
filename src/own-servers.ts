import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from './platform/config/config.js';
import { startEmbeddedPostgres } from './platform/postgres/embedded/embedded-postgres.js';
import {
  type EmbeddedPulsar,
  type PulsarUnavailable,
  startEmbeddedPulsar,
} from './platform/pulsar/embedded/embedded-pulsar.js';
import { isAlive } from './platform/running-process.js';
import { LateAddress } from './platform/pulsar/late/late-address.js';
import { ServiceClaim } from './running-service.js';

/** The wait between two attempts to start Pulsar. It doubles up to the longest. */
const RETRY_PULSAR = { firstMs: 1_000, longestMs: 300_000 };
const WATCH_PULSAR_MS = 2_000;
/** A broker needs 5 to 8 s to end. */
const STOP_MS = 6_000;

/**
 * Runs the servers that the configuration names no address for: a PostgreSQL and a Pulsar standalone, both with their data in DATA_DIR,
 * reused by the next start. When Pulsar cannot run, the configuration says why.
 */
export class OwnServers {
  private readonly started: { stop(patienceMs?: number): Promise<void> }[] = [];
  private readonly stopping = new AbortController();
  private readonly folder: string;
  private claim: ServiceClaim | null = null;
  /** The one that runs, or ran last. */
  private pulsar: EmbeddedPulsar | null = null;
  /** A later start of Pulsar that is under way; null: none is. */
  private startingLater: Promise<void> | null = null;

  /** @param say one line for the person who waits. */
  constructor(
    private readonly configured: Config,
    private readonly say: (line: string) => void,
    private readonly retry = RETRY_PULSAR,
  ) {
    this.folder = resolve(configured.settings.DATA_DIR);
  }

  /**
   * Makes this process the one service of DATA_DIR, for as long as it lives or until `stop`; commands beside it need no claim.
   * Does nothing when nothing of our own is needed.
   * @throws ServiceRunsAlready
   */
  async claimDataFolder(): Promise<void> {
    const { DATABASE_URL, PULSAR_SERVICE_URL } = this.configured.settings;
    if (DATABASE_URL !== null && PULSAR_SERVICE_URL !== null) return;
    this.claim = await ServiceClaim.make(this.folder, this.say);
  }

  /** Lets another process be the service of DATA_DIR, which begins with what this one has started. */
  async handOver(): Promise<void> {
    await this.claim?.release();
    this.claim = null;
  }

  /** Whether there is anything that `stop` would end. */
  get any(): boolean {
    return this.started.length > 0 || this.startingLater !== null;
  }

  /** @returns the configuration with the addresses of what was started. */
  async start(): Promise<Config> {
    const { DATABASE_URL, PULSAR_SERVICE_URL } = this.configured.settings;
    let config = this.configured;
    if (DATABASE_URL === null) config = await this.startPostgres(config);
    if (PULSAR_SERVICE_URL === null) config = await this.startPulsar(config);
    return config;
  }

  /**
   * Keeps our own Pulsar running until `stop`: it starts Pulsar if `start` could not, and again, on the same ports, if it
   * has ended. @returns the address that is to come; null when there is one already
   */
  keepPulsar({ settings, pulsarOff }: Config): LateAddress | null {
    if (this.configured.settings.PULSAR_SERVICE_URL !== null) return null;
    const late = settings.PULSAR_SERVICE_URL === null ? new LateAddress(pulsarOff ?? 'it has not been started') : null;
    void this.keepRunning(late).catch((error: unknown) => this.say(`Pulsar is no longer seen to: ${String(error)}`));
    return late;
  }

  /** Tells others where HTTP is served (see RunningService). */
  async serves(url: string): Promise<void> {
    await this.claim?.tell({ url });
  }

  /** Ends what was started, also half-way; the data stays. @param patienceMs then the broker is killed: its data bears that. */
  async stop(patienceMs = STOP_MS): Promise<void> {
    this.stopping.abort();
    const halfWay =
      this.startingLater && Promise.race([this.startingLater, delay(patienceMs, undefined, { ref: false })]);
    await Promise.all([...this.started.splice(0).map((server) => server.stop(patienceMs)), halfWay]);
    await this.handOver();
  }

  private async startPostgres(config: Config): Promise<Config> {
    const postgres = await startEmbeddedPostgres({ folder: join(this.folder, 'postgres'), log: this.say });
    this.started.push(postgres);
    this.say(`PostgreSQL: ${postgres.adopted ? 'already running' : 'started'} on port ${new URL(postgres.url).port}`);
    return config.with({ DATABASE_URL: postgres.url });
  }

  private async startPulsar(config: Config): Promise<Config> {
    const pulsar = await this.attemptPulsar();
    if ('unavailable' in pulsar) {
      this.say(pulsar.unavailable);
      return config.with({}, firstLine(pulsar));
    }
    await this.havePulsar(pulsar);
    return config.with({ PULSAR_SERVICE_URL: pulsar.serviceUrl, PULSAR_WEB_URL: pulsar.webUrl });
  }

  /** Never rejects: HTTP is served without Pulsar too. */
  private async attemptPulsar(progress = this.say, signal?: AbortSignal): Promise<EmbeddedPulsar | PulsarUnavailable> {
    const preferredPorts = this.pulsar === null ? undefined : portsOf(this.pulsar);
    try {
      return await startEmbeddedPulsar({ folder: join(this.folder, 'pulsar'), progress, preferredPorts, signal });
    } catch (error) {
      return { unavailable: `Pulsar does not start: ${(error as Error).message}` };
    }
  }

  private async havePulsar(pulsar: EmbeddedPulsar): Promise<void> {
    this.started.push(pulsar);
    this.pulsar = pulsar;
    this.say(`Pulsar: ${pulsar.adopted ? 'already running' : 'started'} on ${pulsar.serviceUrl}`);
    await this.claim?.tell({ pulsar_service_url: pulsar.serviceUrl, pulsar_web_url: pulsar.webUrl });
  }

  private async keepRunning(late: LateAddress | null): Promise<void> {
    if (this.pulsar === null) {
      await this.startLater((reason) => {
        if (reason !== late?.reason) this.say(reason);
        late?.explain(reason);
      });
    }
    if (this.pulsar !== null) late?.arrive(this.pulsar);
    while (this.pulsar?.pid != null && (await this.pause(WATCH_PULSAR_MS))) {
      const { pid, serviceUrl } = this.pulsar;
      if (isAlive(pid)) continue;
      this.say(`Pulsar (process ${pid}) has ended, and is started again`);
      await this.startLater((reason) => this.say(reason));
      if (this.pulsar.serviceUrl !== serviceUrl) this.say('Pulsar has another address now: restart the service');
    }
  }

  /** Tries until it has started or `stop` is called. @param explain is told why not, when that changes */
  private startLater(explain: (reason: string) => void): Promise<void> {
    this.startingLater = this.tryUntilStarted(explain).finally(() => (this.startingLater = null));
    return this.startingLater;
  }

  private async tryUntilStarted(explain: (reason: string) => void): Promise<void> {
    let waitMs = this.retry.firstMs;
    for (let explained = ''; await this.pause(waitMs); waitMs = Math.min(waitMs * 2, this.retry.longestMs)) {
      const pulsar = await this.attemptPulsar(() => undefined, this.stopping.signal);
      if (!('unavailable' in pulsar)) {
        if (this.stopping.signal.aborted) return pulsar.stop();
        return this.havePulsar(pulsar);
      }
      if (this.stopping.signal.aborted) return;
      const reason = firstLine(pulsar);
      if (reason !== explained) explain(reason);
      explained = reason;
    }
  }

  /** @returns false when `stop` was called meanwhile */
  private async pause(ms: number): Promise<boolean> {
    const { signal } = this.stopping;
    await delay(ms, undefined, { signal, ref: false }).catch(() => undefined); // rejects when it is aborted
    return !signal.aborted;
  }
}

const firstLine = ({ unavailable }: PulsarUnavailable): string => unavailable.split('\n', 1)[0]!;

const portsOf = ({ serviceUrl, webUrl }: EmbeddedPulsar) => ({
  broker: Number(serviceUrl.split(':').at(-1)),
  web: Number(new URL(webUrl).port),
});
