import { lastingPort } from '../../src/platform/loopback-port.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import type { RunSecrets } from './secrets/run-secrets.js';
import type { ServiceKeys } from './secrets/service-keys.js';
import { showSecrets } from './secrets/shown-secrets.js';

/** Two cores that carry brokers, databases and load as well start a service slowly. */
const START_MS = 120_000;
const END_MS = 20_000;
const READY_MS = 120_000;

/** One replica of the service on a port of its own, with the supervisor that it has in production: ended, it is started again. */
export class Replica {
  private service: RunningService | null = null;
  private alive = false;
  /** How often it was started: figures of its own end with a life. */
  lives = 0;
  /** The keys of its database, once they are made. */
  keys: ServiceKeys | null = null;

  private constructor(
    readonly name: string,
    private readonly env: Record<string, string>,
    private readonly port: number,
    private readonly secrets: RunSecrets | null,
  ) {}

  /** @param secrets what it is configured with, and must not say */
  static async on(name: string, env: Record<string, string>, secrets: RunSecrets | null = null): Promise<Replica> {
    return new Replica(name, env, await lastingPort(), secrets);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.service!.pid;
  }

  /** @param more variables for this life alone */
  async start(more: Record<string, string> = {}): Promise<void> {
    this.lives += 1;
    const env = { LOG_LEVEL: 'warn', ...this.env, ...more, PORT: String(this.port) };
    try {
      this.service = await startService({ env, within: START_MS });
    } catch (error) {
      this.lookIntoLogs((error as Error).message);
      throw error;
    }
    const { service } = this;
    this.alive = true;
    void service.exited.then(() => {
      this.alive = false;
      this.lookIntoLogs(service.logs());
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.service!.kill(signal);
  }

  /** SIGKILL, and gone. What it says of secrets until then is looked through. */
  async kill(): Promise<void> {
    if (this.service === null) return;
    if (this.alive && this.secrets !== null) await showSecrets(this.url, this.secrets, this.keys);
    this.service.kill('SIGKILL');
    await this.service.exited;
  }

  /** How it ended. @throws Error when it does not within 20 s */
  async ended(within = END_MS): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    let how: { code: number | null; signal: NodeJS.Signals | null } | null = null;
    void this.service!.exited.then((outcome) => (how = outcome));
    await eventually(() => how !== null, { within, what: `${this.name} ends` });
    return how!;
  }

  async ready(): Promise<void> {
    const check = async () => (await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) })).ok;
    await eventually(check, { within: READY_MS, what: `${this.name} is ready` });
  }

  /** Sums of the service's own counter by `intake verdict`. */
  async counters(): Promise<Record<string, number>> {
    const headers: Record<string, string> = this.secrets === null ? {} : { 'x-api-token': this.secrets.apiToken };
    const text = await (await fetch(`${this.url}/internal/metrics`, { headers })).text();
    this.secrets?.canaries.look('metrics', text);
    const sums: Record<string, number> = {};
    for (const [, intake, verdict, value] of text.matchAll(
      /^monitoreo_events_total\{intake="(\w+)",verdict="(\w+)",reason="\w*"\} (\d+)$/gm,
    )) {
      const key = `${intake} ${verdict}`;
      sums[key] = (sums[key] ?? 0) + Number(value);
    }
    return sums;
  }

  logs(): string {
    return this.service?.logs() ?? '';
  }

  private lookIntoLogs(text: string): void {
    this.secrets?.canaries.look('logs', text);
  }
}

/** False when the failpoint was met before the service answered. */
export async function startArmed(replica: Replica, failpoint: string): Promise<boolean> {
  try {
    await replica.start({ FAILPOINT: failpoint });
    return true;
  } catch (error) {
    if (!(error as Error).message.includes('ended while starting')) throw error;
    return false;
  }
}
