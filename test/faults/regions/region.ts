import { EVENT_TYPES } from '../../../src/events/domain/incoming-event.js';
import { OwnPostgres } from '../../e2e/own-postgres.js';
import { OwnPulsar } from '../../e2e/own-pulsar.js';
import { backlog } from '../../support/pulsar.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { eventually } from '../../support/waiting.js';
import { Replica } from '../replica.js';
import { makeTopics, queryOn, type Topics } from '../stage.js';

export const NAMES = ['a', 'b'] as const;
export type RegionName = (typeof NAMES)[number];
export const otherName = (name: RegionName): RegionName => (name === 'a' ? 'b' : 'a');

/** Two cores that carry all of this start a broker slowly, and one that was too slow can be started again. */
const BROKER_START_MS = 400_000;
/** A key of the role admin in both regions, which clients and merges use as well. */
export const TOKEN = 'the-token-of-both-regions-in-this-harness';

/** A whole stack: PostgreSQL, Pulsar, the service, and a proxy before the service, which is the region's address. */
export class Region {
  private constructor(
    readonly name: RegionName,
    readonly postgres: OwnPostgres,
    readonly pulsar: OwnPulsar,
    readonly service: Replica,
    readonly proxy: TcpProxy,
    readonly intake: Topics,
  ) {}

  /** Its servers run; its service does not yet. */
  static async open(name: RegionName): Promise<Region> {
    const postgres = await OwnPostgres.start();
    const pulsar = await OwnPulsar.prepare();
    await startBroker(pulsar);
    const intake = await makeTopics(pulsar, `region-${name}`);
    const service = await Replica.on(name, {
      DATABASE_URL: postgres.url,
      PULSAR_SERVICE_URL: pulsar.addresses.serviceUrl,
      PULSAR_WEB_URL: pulsar.addresses.webUrl,
      PULSAR_TOPIC_CLICKS: intake.topics.click,
      PULSAR_TOPIC_CONVERSIONS: intake.topics.conversion,
      PULSAR_TOPIC_SALES: intake.topics.sale,
      PULSAR_SUBSCRIPTION: intake.subscription,
      PULSAR_CLUSTER: `cluster-${name}`,
      REGION: name,
      API_TOKEN: TOKEN,
      MERGE_TOKEN: TOKEN,
      METRICS_CACHE_MS: '0', // figures of a second ago are not those of what is audited now
    });
    const proxy = await TcpProxy.to({ host: '127.0.0.1', port: Number(new URL(service.url).port) });
    return new Region(name, postgres, pulsar, service, proxy, intake);
  }

  /** Where clients and the other region reach it. */
  get url(): string {
    return `http://127.0.0.1:${this.proxy.port}`;
  }

  /** Configuration of its commands. @param more over it */
  commandEnv(other: Region, more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      DATABASE_URL: this.postgres.url,
      PULSAR_CLUSTER: `cluster-${this.name}`,
      REGION: this.name,
      REGIONS: `${other.name}=${other.url}`,
      MERGE_TOKEN: TOKEN,
      ...more,
    };
  }

  /** A new life of its broker. */
  startBroker(): Promise<void> {
    return startBroker(this.pulsar);
  }

  /** A new life of its service. */
  startService(other: Region, more: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.service.start({ REGIONS: `${other.name}=${other.url}`, ...more });
  }

  /** Nothing that was published is left to be recorded. */
  async drained(within: number): Promise<void> {
    const { webUrl } = this.pulsar.addresses;
    const { topics, subscription } = this.intake;
    const check = async () => {
      const left = await Promise.all(EVENT_TYPES.map((type) => backlog(topics[type], subscription, webUrl)));
      const sum = left.reduce((total, entries) => total + entries, 0);
      if (sum > 0) throw new Error(`${sum} entries are not acknowledged`);
    };
    await eventually(check, { within, what: `no backlog is left in region ${this.name}` });
  }

  /** An operator's request to the service itself. @throws Error with what it answers */
  async ask<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.service.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'x-api-token': TOKEN, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${this.name} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }

  query<Row extends Record<string, unknown>>(statement: string, values: unknown[] = []): Promise<Row[]> {
    return queryOn<Row>(this.postgres.url, statement, values);
  }

  async close(): Promise<void> {
    await this.service.kill();
    await this.proxy.close();
  }

  /** Ends its servers as an operator does, so that the data can be looked at. */
  async stopServers(): Promise<void> {
    await Promise.all([this.postgres.stop(), this.pulsar.stop()]);
  }
}

function startBroker(pulsar: OwnPulsar): Promise<void> {
  return eventually(() => pulsar.start(), { within: BROKER_START_MS, what: 'the broker runs' });
}
