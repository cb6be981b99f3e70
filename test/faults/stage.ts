import { Client, type QueryResultRow } from 'pg';
import { EVENT_TYPES, type EventType } from '../../src/events/domain/incoming-event.js';
import { OwnPostgres } from '../e2e/own-postgres.js';
import { OwnPulsar } from '../e2e/own-pulsar.js';
import { backlog, createSubscription, createTopic } from '../support/pulsar.js';
import { endRun, makeRunFolder } from '../support/run-folder.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { tell } from '../support/test-run.js';
import { eventually } from '../support/waiting.js';
import { Replica } from './replica.js';
import { RunSecrets } from './secrets/run-secrets.js';
import { makeKeys, type ServiceKeys } from './secrets/service-keys.js';
import { lookIntoDatabase } from './secrets/stored-secrets.js';

/** Ledgers end often and little is kept of what was acknowledged, so that a reset subscription has some to deliver again, and not all. */
const BROKER = {
  managedLedgerMaxEntriesPerLedger: '2000',
  managedLedgerMinLedgerRolloverTimeMinutes: '0',
  retentionCheckIntervalInSeconds: '10',
  defaultRetentionTimeInMinutes: '60',
  defaultRetentionSizeInMB: '16',
};
const SUBSCRIPTION = 'faults';

export type StageClient = 'direct' | 'websocket';

export interface Topics {
  readonly topics: Readonly<Record<EventType, string>>;
  readonly subscription: string;
}

/**
 * A PostgreSQL and a broker of our own, proxies before both, and two replicas of the service: A speaks to the servers
 * themselves, B through the proxies.
 */
export class Stage {
  readonly replicas: Replica[] = [];
  readonly secrets = RunSecrets.make();

  private constructor(
    readonly folder: string,
    readonly postgres: OwnPostgres,
    readonly pulsar: OwnPulsar,
    readonly postgresProxy: TcpProxy,
    readonly brokerProxy: TcpProxy,
    readonly intake: Topics,
    private readonly client: StageClient,
  ) {}

  static async open(say: (line: string) => void, client: StageClient): Promise<Stage> {
    const folder = await makeRunFolder();
    tell('runFolder', folder);
    try {
      say('starting PostgreSQL and Pulsar');
      const [postgres, pulsar] = await Promise.all([OwnPostgres.start(), OwnPulsar.prepare(BROKER)]);
      await pulsar.start();
      const address = (url: string) => ({ host: '127.0.0.1', port: Number(new URL(url).port) });
      const postgresProxy = await TcpProxy.to(address(postgres.url));
      const { serviceUrl, webUrl } = pulsar.addresses;
      const brokerProxy =
        client === 'direct'
          ? await TcpProxy.to(address(serviceUrl), (port) => ({ from: serviceUrl, to: `pulsar://127.0.0.1:${port}` }))
          : await TcpProxy.to(address(webUrl));
      const intake = await makeTopics(pulsar, SUBSCRIPTION);
      const stage = new Stage(folder, postgres, pulsar, postgresProxy, brokerProxy, intake, client);
      await stage.query(stage.secrets.roleStatement);
      stage.replicas.push(
        await Replica.on('A', stage.env(), stage.secrets),
        await Replica.on('B', stage.proxiedEnv(), stage.secrets),
      );
      return stage;
    } catch (error) {
      await endRun(folder);
      throw error;
    }
  }

  /** Configuration of a service that works on these topics. */
  env(intake: Topics = this.intake, databaseUrl = this.postgres.url): Record<string, string> {
    return {
      ...this.secrets.env,
      DATABASE_URL: this.secrets.inAddress(databaseUrl),
      PULSAR_CLIENT: this.client,
      PULSAR_SERVICE_URL: this.pulsar.addresses.serviceUrl,
      PULSAR_WEB_URL: this.pulsar.addresses.webUrl,
      PULSAR_TOPIC_CLICKS: intake.topics.click,
      PULSAR_TOPIC_CONVERSIONS: intake.topics.conversion,
      PULSAR_TOPIC_SALES: intake.topics.sale,
      PULSAR_SUBSCRIPTION: intake.subscription,
    };
  }

  /** As long as more is recorded or acknowledged it waits; then nothing must be left. */
  async drained(within: number, intake: Topics = this.intake): Promise<void> {
    const check = async () => {
      const left = await this.left(intake);
      if (left > 0) throw new Error(`${left} entries are not acknowledged`);
    };
    await eventually(check, { within, what: 'no backlog is left' });
  }

  async left({ topics, subscription }: Topics = this.intake): Promise<number> {
    const { webUrl } = this.pulsar.addresses;
    const entries = await Promise.all(EVENT_TYPES.map((type) => backlog(topics[type], subscription, webUrl)));
    return entries.reduce((sum, count) => sum + count, 0);
  }

  /** The cursor of each topic goes back to the earliest message that the broker still has. */
  async resetSubscription({ topics, subscription }: Topics = this.intake): Promise<void> {
    for (const type of EVENT_TYPES) {
      const path = `${topics[type].replace('://', '/')}/subscription/${subscription}/resetcursor/0`;
      const reset = async () => {
        const response = await fetch(`${this.pulsar.addresses.webUrl}/admin/v2/${path}`, { method: 'POST' });
        if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      };
      await eventually(reset, { within: 20_000, what: `the subscription of ${topics[type]} is reset` });
    }
  }

  async query<Row extends QueryResultRow>(statement: string, values: unknown[] = []): Promise<Row[]> {
    return queryOn<Row>(this.postgres.url, statement, values);
  }

  /** Facts now. */
  async recorded(): Promise<number> {
    const [row] = await this.query<{ n: number }>('select count(*)::int as n from events');
    return row!.n;
  }

  /** @returns the keys that they all know */
  async startReplicas(): Promise<ServiceKeys> {
    await Promise.all(this.replicas.map((replica) => replica.start()));
    await Promise.all(this.replicas.map((replica) => replica.ready()));
    const keys = await makeKeys(this.replicas, this.secrets);
    for (const replica of this.replicas) replica.keys = keys;
    return keys;
  }

  /** The replicas end, and what they have said and written down is looked through for secrets. */
  async endReplicas(): Promise<void> {
    if (this.replicas.every(({ lives }) => lives === 0)) return;
    await Promise.all(this.replicas.map((replica) => replica.kill()));
    await lookIntoDatabase(this.postgres.url, this.secrets.canaries);
  }

  /** Ends everything; the folder goes too, unless it is wanted for a look at what went wrong. */
  async close(keep = false): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.kill()));
    await Promise.all([this.postgresProxy.close(), this.brokerProxy.close()]);
    if (keep) await Promise.all([this.postgres.stop(), this.pulsar.stop()]);
    else await endRun(this.folder);
  }

  async serverVersion(): Promise<string> {
    const [row] = await this.query<{ server_version: string }>('show server_version');
    return row!.server_version;
  }

  private proxiedEnv(): Record<string, string> {
    const database = new URL(this.postgres.url);
    database.port = String(this.postgresProxy.port);
    const broker = `127.0.0.1:${this.brokerProxy.port}`;
    const env = this.env(this.intake, database.href);
    if (this.client === 'direct') return { ...env, PULSAR_SERVICE_URL: `pulsar://${broker}` };
    // A WebSocket address: by the binary protocol it would learn the broker's own address and go past the proxy.
    return { ...env, PULSAR_SERVICE_URL: `ws://${broker}`, PULSAR_WEB_URL: `http://${broker}` };
  }
}

export async function makeTopics(pulsar: OwnPulsar, subscription: string): Promise<Topics> {
  const { webUrl } = pulsar.addresses;
  const [click, conversion, sale] = await Promise.all(EVENT_TYPES.map(() => createTopic({}, webUrl)));
  const topics = { click: click!, conversion: conversion!, sale: sale! };
  await Promise.all(EVENT_TYPES.map((type) => createSubscription(topics[type], subscription, webUrl)));
  return { topics, subscription };
}

export async function queryOn<Row extends QueryResultRow>(
  url: string,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: url, application_name: 'harness', connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined); // the query below fails as well, and says so
  await client.connect();
  try {
    return (await client.query<Row>(statement, values)).rows;
  } finally {
    await client.end();
  }
}

/** Makes another database beside the main one; a service migrates it. */
export async function makeDatabase(stage: Stage, name: string, tablespace = 'pg_default'): Promise<string> {
  await stage.query(`create database ${name} tablespace ${tablespace}`);
  const url = new URL(stage.postgres.url);
  url.pathname = `/${name}`;
  return url.href;
}
