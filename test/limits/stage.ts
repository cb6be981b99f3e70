import { Client, type QueryResultRow } from 'pg';
import { OwnPostgres } from '../e2e/own-postgres.js';
import { endRun, makeRunFolder } from '../support/run-folder.js';
import { type RunningService, startService } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { tell, told } from '../support/test-run.js';
import { eventually } from '../support/waiting.js';

const START_MS = 120_000;
/** Nobody listens there: what is shown here needs no broker. */
const NO_BROKER = 'ws://127.0.0.1:9';

/** A PostgreSQL of its own, and the built service before it with the limits that it has by default. */
export class Stage {
  service: RunningService | null = null;

  private constructor(
    readonly postgres: OwnPostgres,
    /** Between the service and PostgreSQL. */
    readonly proxy: TcpProxy,
    private readonly ownFolder: string | null,
  ) {}

  static async open(): Promise<Stage> {
    const ownFolder = told('runFolder') === null ? await makeRunFolder() : null;
    if (ownFolder !== null) tell('runFolder', ownFolder);
    const postgres = await OwnPostgres.start();
    const proxy = await TcpProxy.to({ host: '127.0.0.1', port: Number(new URL(postgres.url).port) });
    return new Stage(postgres, proxy, ownFolder);
  }

  /** By way of the proxy. */
  get databaseUrl(): URL {
    const url = new URL(this.postgres.url);
    url.port = String(this.proxy.port);
    return url;
  }

  async start(env: Record<string, string> = {}): Promise<RunningService> {
    const defaults = { MAX_EVENT_LOOP_DELAY_MS: '100', RECORD_QUEUE_MS: '15', LOG_LEVEL: 'warn' };
    const servers = { DATABASE_URL: this.databaseUrl.href, PULSAR_SERVICE_URL: NO_BROKER };
    this.service = await startService({ env: { ...defaults, ...servers, ...env }, within: START_MS });
    const { url } = this.service;
    const ready = async () => (await fetch(`${url}/health/ready`)).ok;
    await eventually(ready, { within: START_MS, what: 'the service is ready' });
    return this.service;
  }

  async query<Row extends QueryResultRow>(statement: string, values: unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.postgres.url, application_name: 'limits' });
    await client.connect();
    try {
      return (await client.query<Row>(statement, values)).rows;
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    this.service?.kill('SIGKILL');
    await this.service?.exited;
    await this.proxy.close();
    await this.postgres.stop();
    if (this.ownFolder !== null) await endRun(this.ownFolder);
  }
}

export interface Outcome {
  /** The observations, for the report. */
  readonly figures: Readonly<Record<string, string | number>>;
  /** Bounds that were broken; empty when none was. */
  readonly broken: readonly string[];
}

/** A line now and then of how far it is. */
export type Say = (line: string) => void;
