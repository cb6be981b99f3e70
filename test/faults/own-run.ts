import type { AuditReport } from './audit.js';
import { Auditor } from './auditor-process.js';
import { EventStream, type Outgoing } from './event-stream.js';
import { Load } from './load.js';
import type { Random } from './random.js';
import { Replica } from './replica.js';
import type { RunSecrets } from './secrets/run-secrets.js';
import { makeKeys } from './secrets/service-keys.js';
import { lookIntoDatabase } from './secrets/stored-secrets.js';
import { makeDatabase, makeTopics, queryOn, type Stage, type Topics } from './stage.js';

const WITHIN_MS = 90_000;
const SMALL_BATCH = 20;

export interface OwnRunOptions {
  /** The name of the database, the subscription and the ids. */
  readonly name: string;
  /** Where the database is to lie; default: with the others. */
  readonly tablespace?: string;
  /** Default Failover. */
  readonly subscriptionType?: 'Shared' | 'Failover';
  /** Share of duplicates in the stream; default 0.1. */
  readonly duplicates?: number;
  /** Variables over the usual ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** The secrets that its service must not say; default: as the stage's. */
  readonly secrets?: RunSecrets;
}

/** Topics, a database, a ledger and a service that one scenario has for itself, on the stage's servers. */
export class OwnRun {
  private constructor(
    readonly stage: Stage,
    readonly env: Record<string, string>,
    readonly intake: Topics,
    readonly databaseUrl: string,
    readonly service: Replica,
    private readonly secrets: RunSecrets,
    private readonly auditor: Auditor,
    readonly load: Load,
    readonly stream: EventStream,
  ) {}

  /** The service runs and is ready. */
  static async open(stage: Stage, random: Random, options: OwnRunOptions): Promise<OwnRun> {
    const { name, tablespace, subscriptionType = 'Failover', duplicates, secrets = stage.secrets } = options;
    const intake = await makeTopics(stage.pulsar, name);
    const databaseUrl = await makeDatabase(stage, name, tablespace);
    const env = { ...stage.env(intake, databaseUrl), PULSAR_SUBSCRIPTION_TYPE: subscriptionType, ...options.env };
    const service = await Replica.on(name, env, secrets);
    await service.start();
    try {
      await service.ready();
      service.keys = await makeKeys([service], secrets);
    } catch (error) {
      await service.kill();
      throw error;
    }
    const auditor = Auditor.start(`${stage.folder}/${name}.ledger`, databaseUrl);
    const stream = new EventStream(random, name, duplicates);
    const access = { key: service.keys.ingest, canaries: secrets.canaries };
    const target = { webUrl: stage.pulsar.addresses.webUrl, intake, services: [service.url], access };
    const load = new Load(target, stream, random, auditor);
    return new OwnRun(stage, env, intake, databaseUrl, service, secrets, auditor, load, stream);
  }

  async sendAndSettle(events: number): Promise<void> {
    await this.load.run(events);
    await this.settled();
  }

  settled(within = WITHIN_MS): Promise<void> {
    return this.stage.drained(within, this.intake);
  }

  clicks(count: number): Outgoing[] {
    const clicks: Outgoing[] = [];
    while (clicks.length < count) {
      const event = this.stream.event();
      if (event.type === 'click') clicks.push(event);
    }
    return clicks;
  }

  /** In producer batches of 20: what is acknowledged of a batch counts only when all of it is. */
  async publishInSmallBatches(messages: readonly Outgoing[]): Promise<void> {
    for (let from = 0; from < messages.length; from += SMALL_BATCH) {
      await this.load.publish(messages.slice(from, from + SMALL_BATCH));
    }
  }

  async recorded(): Promise<number> {
    const [row] = await queryOn<{ n: number }>(this.databaseUrl, 'select count(*)::int as n from events');
    return row!.n;
  }

  audit(): Promise<AuditReport> {
    return this.auditor.audit({ kind: 'full', since: 0 });
  }

  /** @throws Error naming what the auditor found */
  async mustBeClean(): Promise<AuditReport> {
    const report = await this.audit();
    if (Object.keys(report.counts).length > 0) throw new Error(report.examples.join('; '));
    return report;
  }

  async close(): Promise<void> {
    await this.load.close();
    await this.auditor.stop();
    await this.service.kill();
    await lookIntoDatabase(this.databaseUrl, this.secrets.canaries);
  }
}
