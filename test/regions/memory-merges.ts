import { RecordEventHandler } from '../../src/events/application/record-event.command.js';
import type { Config } from '../../src/platform/config/config.js';
import { GetFactsHandler, GetFactsQuery } from '../../src/regions/application/facts/get-facts.query.js';
import { Merger } from '../../src/regions/application/merging/merger.js';
import {
  type FactsAsked,
  type FactsPage,
  OtherRegion,
} from '../../src/regions/application/merging/other-region.port.js';
import { mergedFact } from '../../src/regions/domain/merged-fact.js';
import { RegionList } from '../../src/regions/domain/region-list.js';
import { MemoryEventStore } from '../events/memory-event-store.js';
import { quietLogger } from '../support/application.js';
import { MemoryFacts } from './memory-facts.js';
import { MemoryConflicts, MemoryLog, type MemoryRegion } from './memory-region.js';

/** Merges regions in memory by the code of the service, but for what speaks to PostgreSQL and HTTP. */
export class MemoryMerges {
  private readonly config: Config;
  private readonly regions: ReadonlyMap<string, MemoryRegion>;
  private readonly mergers = new Map<string, Merger>();

  constructor(
    config: Config,
    regions: readonly MemoryRegion[],
    private readonly pageFacts: number,
  ) {
    this.regions = new Map(regions.map((region) => [region.name, region]));
    const list = regions.map(({ name }) => `${name}=http://127.0.0.1`).join(',');
    this.config = config.with({ REGIONS: RegionList.parse(list) });
  }

  /** @param pagesUntilKilled then nothing of the page is recorded, and nothing more is asked */
  async merge(into: string, from: string, pagesUntilKilled = Infinity): Promise<Readonly<Record<string, number>>> {
    this.pagesLeft = pagesUntilKilled;
    const merger = this.mergers.get(into) ?? this.mergerOf(this.regions.get(into)!);
    this.mergers.set(into, merger);
    const asked = { region: from, since: null, dryRun: false, actor: 'a test' };
    const report = await (await merger.begin(asked, new AbortController().signal)).done;
    if (report.state !== 'done' && report.detail !== 'killed')
      throw new Error(`a merge ${report.state}: ${report.detail}`);
    return { ...report.tally };
  }

  private pagesLeft = Infinity;

  private mergerOf(region: MemoryRegion): Merger {
    const handler = new RecordEventHandler(
      new MemoryEventStore(region),
      { count: () => undefined },
      this.config,
      quietLogger,
    );
    const others = new Map(
      [...this.regions.values()].map((other) => [other.name, new GetFactsHandler(new MemoryFacts(other), this.config)]),
    );
    const { pageFacts, regions } = this;
    const other = new (class extends OtherRegion {
      override async facts({ name }: { name: string }, { cursor, since }: FactsAsked): Promise<FactsPage> {
        const page = await others.get(name)!.execute(new GetFactsQuery(cursor, since, pageFacts));
        return { ...page, facts: page.facts.map(mergedFact), bytes: 0 };
      }
      override erasures = ({ name }: { name: string }) => Promise.resolve(regions.get(name)!.erasures.page());
      override reach = () => Promise.resolve();
    })();
    return new Merger({
      other,
      record: (command) => {
        if (--this.pagesLeft < 0) return Promise.reject(new Error('killed'));
        return handler.execute(command);
      },
      log: new MemoryLog(region, () => this.pagesLeft < 0),
      conflicts: new MemoryConflicts(region),
      foreseen: { outcomes: () => Promise.reject(new Error('not modelled')) },
      erasures: region.erasures.asParts,
      config: this.config,
      logger: quietLogger,
    });
  }
}
