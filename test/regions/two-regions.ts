import { CommandBus } from '@nestjs/cqrs';
import { Client } from 'pg';
import { Erasures } from '../../src/events/application/erasures.port.js';
import { OtherErasures } from '../../src/people/application/other-erasures.js';
import { RegionList } from '../../src/regions/domain/region-list.js';
import { ConflictStore } from '../../src/regions/application/merging/conflict-store.port.js';
import { ForeseenFacts } from '../../src/regions/application/merging/foreseen-facts.port.js';
import { type MergeAsked, MergeLog } from '../../src/regions/application/merging/merge-log.port.js';
import { RegionMerges } from '../../src/regions/application/merging/region-merges.js';
import { Merger, type MergeReport } from '../../src/regions/application/merging/merger.js';
import type { MergerParts } from '../../src/regions/application/merging/merger-parts.js';
import { HttpOtherRegion } from '../../src/regions/infrastructure/http/http-other-region.js';
import { type AnySettings, quietLogger, startApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { eventually } from '../support/waiting.js';

export type Name = 'a' | 'b';

/** The facts as the regions must agree on them; how they came in may differ. */
const FACTS = `
select event_key::text, event_type, event_id, occurred_at, received_at, user_id, session_id, page_url, page_key, x, y, viewport_width,
  viewport_height, scroll_y, user_agent, reaction, conversion_type, amount, currency, properties::text, message_id, interaction, view_id,
  scroll_depth, document_width, document_height, target::text, fingerprint::text
from events join event_identity using (event_key, event_type, occurred_at)
order by event_key, event_type`;

const CONFLICTS = `
select event_key::text, event_type, event_id, fingerprint::text, content from region_conflicts order by event_key, event_type, fingerprint`;

/** One of two regions: a service with its database, that knows the other one. */
export class TestRegion {
  constructor(
    readonly name: Name,
    readonly service: TestApplication,
    readonly sql: Client,
    readonly databaseUrl: string,
  ) {}

  async facts(): Promise<Record<string, unknown>[]> {
    return (await this.sql.query<Record<string, unknown>>(FACTS)).rows;
  }

  async conflicts(): Promise<Record<string, unknown>[]> {
    return (await this.sql.query<Record<string, unknown>>(CONFLICTS)).rows;
  }

  async ids(): Promise<string[]> {
    const { rows } = await this.sql.query<{ event_id: string }>('select event_id from events order by 1');
    return rows.map(({ event_id }) => event_id);
  }

  /**
   * Until all transactions that recorded something lie behind those that are open: other tests write to this server, too. Ids that
   * came with a restore lie ahead of all that it gave out, and belong to none of its own.
   */
  async settled(): Promise<void> {
    await eventually(
      async () => {
        const { rows } = await this.sql.query<{ settled: boolean }>(
          `select coalesce(greatest((select max(tx) from events where tx < ahead), (select max(tx) from region_conflicts)), 0)
             < pg_snapshot_xmin(pg_current_snapshot())::text::bigint as settled
           from (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as ahead) as own`,
        );
        return rows[0]!.settled;
      },
      { within: 20_000, what: `no transaction is open behind the facts of ${this.name}` },
    );
  }
}

/** Two services with a database each, in this process. */
export class TwoRegions {
  private readonly asking: HttpOtherRegion[] = [];

  private constructor(
    private readonly databases: readonly TestDatabase[],
    /** Those that are asked for facts, then those that ask. */
    readonly services: readonly TestApplication[],
    readonly a: TestRegion,
    readonly b: TestRegion,
  ) {}

  /** @param settings of one of them, or of both */
  static async start(settings: { a?: AnySettings; b?: AnySettings; both?: AnySettings } = {}): Promise<TwoRegions> {
    const databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const [ofA, ofB] = [databases[0].url, databases[1].url];
    const named = (name: Name) => ({
      REGION: name,
      PULSAR_CLUSTER: `cluster-${name}`,
      ...settings.both,
      ...settings[name],
    });
    // Whom the others ask: where they listen is known only then.
    const [askedA, askedB] = await Promise.all([startApplication(ofA, named('a')), startApplication(ofB, named('b'))]);
    const [a, b] = await Promise.all([
      startApplication(ofA, { ...named('a'), REGIONS: RegionList.parse(`b=${askedB.url}`) }),
      startApplication(ofB, { ...named('b'), REGIONS: RegionList.parse(`a=${askedA.url}`) }),
    ]);
    const services = [askedA, askedB, a, b];
    await Promise.all(services.map(({ database }) => database.connect()));
    const clients = await Promise.all(
      [ofA, ofB].map(async (url) => {
        const client = new Client({ connectionString: url, options: '-c timezone=UTC' });
        await client.connect();
        return client;
      }),
    );
    return new TwoRegions(
      databases,
      services,
      new TestRegion('a', a, clients[0]!, ofA),
      new TestRegion('b', b, clients[1]!, ofB),
    );
  }

  other({ name }: TestRegion): TestRegion {
    return name === 'a' ? this.b : this.a;
  }

  /** Merges the other region into this one, all that it committed. */
  async merge(
    into: TestRegion,
    asked: Partial<MergeAsked> = {},
    parts: Partial<MergerParts> = {},
  ): Promise<MergeReport> {
    await this.other(into).settled();
    return this.mergeNow(into, asked, parts);
  }

  /** The same, whatever transactions are open. */
  async mergeNow(
    into: TestRegion,
    asked: Partial<MergeAsked> = {},
    parts: Partial<MergerParts> = {},
    signal: AbortSignal = new AbortController().signal,
  ): Promise<MergeReport> {
    const own = partsOf(into.service);
    this.asking.push(own.other as HttpOtherRegion);
    const merger = new Merger({ ...own, ...parts });
    const wanted = { region: this.other(into).name, since: null, dryRun: false, actor: 'a test', ...asked };
    return (await merger.begin(wanted, signal)).done;
  }

  /** As if nothing had ever been recorded. */
  async clear(): Promise<void> {
    this.forgetErasures();
    for (const { sql, service } of [this.a, this.b]) {
      await service.app.get(RegionMerges).onModuleDestroy();
      await service.app.get(OtherErasures).finish();
      await sql.query(
        'truncate events, event_identity, event_counts_2s, event_counts_15m, dead_letters, region_merges, region_watermarks, region_conflicts, audit_log, erasures, erasure_key',
      );
      await sql.query(`update storage_bounds set erasures_version = erasures_version + 1`);
      await sql.query(`update storage_bounds set retention_floor = '0001-01-01T00:00:00Z'`);
    }
  }

  /** What is read of the log is forgotten by all. */
  private forgetErasures(): void {
    for (const { app } of this.services) app.get(Erasures).log.forget();
  }

  async stop(): Promise<void> {
    await Promise.all([this.a, this.b].map(({ sql }) => sql.end()));
    await Promise.all(this.asking.map((other) => other.onModuleDestroy()));
    await Promise.all(this.services.map((service) => service.close()));
    await Promise.all(this.databases.map((database) => database.drop()));
  }
}

/** Pages of a few facts, so that some make a walk. */
export function partsOf({ app, config, clock }: TestApplication, pageFacts = 7): MergerParts {
  const commands = app.get(CommandBus);
  return {
    other: new HttpOtherRegion(config, clock, pageFacts),
    record: (command) => commands.execute(command),
    log: app.get(MergeLog),
    conflicts: app.get(ConflictStore),
    foreseen: app.get(ForeseenFacts),
    erasures: app.get(OtherErasures),
    config,
    logger: quietLogger,
  };
}

export const tallyOf = ({ tally }: MergeReport) =>
  Object.fromEntries(Object.entries(tally).filter(([, count]) => count !== 0));
