import { RecordEventHandler } from '../../src/events/application/record-event.command.js';
import { EventStore } from '../../src/events/application/event-store.port.js';
import type { RecordedFact } from '../../src/events/domain/content/recorded-fact.js';
import type { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import type { Verdict } from '../../src/events/domain/verdict.js';
import { recordTwins } from '../../src/events/infrastructure/postgres/recording/twins.js';
import type { Config } from '../../src/platform/config/config.js';
import type { FactsAnswer } from '../../src/regions/application/answers/facts.answer.js';
import {
  type ConflictingContent,
  ConflictStore,
  type Identity,
} from '../../src/regions/application/merging/conflict-store.port.js';
import { GetFactsHandler, GetFactsQuery } from '../../src/regions/application/facts/get-facts.query.js';
import { type MergeClaim, MergeLog } from '../../src/regions/application/merging/merge-log.port.js';
import { Merger } from '../../src/regions/application/merging/merger.js';
import { type FactsAsked, OtherRegion } from '../../src/regions/application/merging/other-region.port.js';
import {
  type FactSlice,
  type Moment,
  RegionFacts,
  type Wanted,
} from '../../src/regions/application/facts/region-facts.port.js';
import { RegionList } from '../../src/regions/domain/region-list.js';
import type { ConflictPlace, FactPlace, NumberedPlace } from '../../src/regions/domain/fact-walk.js';
import { conflictKey, MemoryErasures } from '../people/memory-erasures.js';
import { quietLogger } from '../support/application.js';

interface Stored {
  readonly event: TrackedEvent;
  readonly tx: bigint;
}

const keyOf = ({ eventKey, eventType }: Identity) => `${eventKey} ${eventType}`;
const byTx = (one: NumberedPlace, other: NumberedPlace) =>
  one.tx !== other.tx
    ? one.tx < other.tx
      ? -1
      : 1
    : keyOf(one) < keyOf(other)
      ? -1
      : keyOf(one) > keyOf(other)
        ? 1
        : 0;

/** A region whose database is two maps. Its transactions end at once. */
export class MemoryRegion {
  readonly facts = new Map<string, Stored>();
  readonly conflicts = new Map<string, ConflictingContent & { readonly tx: bigint }>();
  readonly watermarks = new Map<string, string>();
  readonly erasures = new MemoryErasures(this);
  system = '7000000000000000000';
  private nextTx = 100n;

  constructor(readonly name: string) {}

  transaction(): bigint {
    return this.nextTx++;
  }

  get next(): bigint {
    return this.nextTx;
  }

  /** Per identity all contents that are known of it: what regions agree on. */
  contents(): Record<string, string[]> {
    const contents: Record<string, Set<string>> = {};
    for (const [key, { event }] of this.facts) contents[key] = new Set([String(event.fingerprint)]);
    for (const conflict of this.conflicts.values())
      (contents[keyOf(conflict)] ??= new Set()).add(String(conflict.fingerprint));
    return Object.fromEntries(
      Object.keys(contents)
        .sort()
        .map((key) => [key, [...contents[key]!].sort()]),
    );
  }

  /** Everything, so that nothing can change unseen. */
  dump(): unknown {
    const facts = [...this.facts].map(([key, { event }]) => [key, String(event.fingerprint), event.occurredAt]).sort();
    return { facts, conflicts: [...this.conflicts.keys()].sort() };
  }
}

export class MemoryStore extends EventStore {
  constructor(private readonly region: MemoryRegion) {
    super();
  }

  override isFull = () => false;

  override async append(events: readonly TrackedEvent[]): Promise<Verdict[]> {
    const verdicts = await recordTwins(
      events,
      (rows) => {
        const tx = this.region.transaction();
        return Promise.resolve(
          this.region.erasures.log.applied(rows).rows.map((event) => {
            const known = this.region.facts.get(keyOf(event));
            if (known) {
              const { fingerprint, occurredAt } = known.event;
              return { kind: 'known', fingerprint, occurredAt } as const;
            }
            this.region.facts.set(keyOf(event), { event, tx });
            return { kind: 'inserted' } as const;
          }),
        );
      },
      { synonyms: null, find: () => Promise.resolve(new Map()) },
    );
    return verdicts as Verdict[];
  }
}

class MemoryConflicts extends ConflictStore {
  constructor(private readonly region: MemoryRegion) {
    super();
  }

  override recorded(identities: readonly Identity[]): Promise<readonly (RecordedFact & Identity)[]> {
    return Promise.resolve(identities.flatMap((identity) => this.region.facts.get(keyOf(identity))?.event ?? []));
  }

  override add(contents: readonly ConflictingContent[]): Promise<void> {
    const tx = this.region.transaction();
    for (const sent of contents) {
      const content = this.region.erasures.byLog(sent);
      const key = conflictKey(content);
      if (!this.region.conflicts.has(key)) this.region.conflicts.set(key, { ...content, tx });
    }
    return Promise.resolve();
  }
}

class MemoryLog extends MergeLog {
  constructor(private readonly region: MemoryRegion) {
    super();
  }
  override claim(): Promise<MergeClaim> {
    return Promise.resolve({ lost: new AbortController().signal, release: () => Promise.resolve() });
  }
  override isDue = () => Promise.resolve(true);
  override begin = () => Promise.resolve('merge');
  override progress = () => Promise.resolve();
  override end = () => Promise.resolve();
  override caughtUp = () => Promise.resolve();
  override watermark = (region: string) => Promise.resolve(this.region.watermarks.get(region) ?? null);
  override advance(region: string, watermark: string): Promise<void> {
    this.region.watermarks.set(region, watermark);
    return Promise.resolve();
  }
}

class MemoryFacts extends RegionFacts {
  constructor(private readonly region: MemoryRegion) {
    super();
  }

  override prepare = () => Promise.resolve();

  override moment(): Promise<Moment> {
    const { system, next } = this.region;
    const history = { system, timeline: '00000001' };
    return Promise.resolve({ history, ended: next, next, asOf: 0, floor: -Infinity, heldBack: null });
  }

  override isThere({ tx, ...identity }: NumberedPlace): Promise<boolean> {
    return Promise.resolve(this.region.facts.get(keyOf(identity))?.tx === tx);
  }

  override unnumbered({ horizon }: { readonly horizon: bigint }): Promise<FactSlice<FactPlace>> {
    if ([...this.region.facts.values()].some(({ tx }) => tx >= horizon)) throw new Error('no restore is modelled');
    return Promise.resolve({ facts: [], last: null, full: false });
  }

  override numbered(
    { from, before, after }: { readonly from: bigint; readonly before: bigint; readonly after: NumberedPlace | null },
    { limit }: Wanted,
  ): Promise<FactSlice<NumberedPlace>> {
    const all = [...this.region.facts.values()]
      .map(({ event, tx }) => ({
        event,
        tx,
        eventKey: event.eventKey,
        eventType: event.eventType,
        occurredAt: event.occurredAt,
      }))
      .filter((place) => place.tx >= from && place.tx < before && (after === null || byTx(place, after) > 0))
      .sort(byTx);
    const shown = all.slice(0, limit);
    return Promise.resolve({
      facts: shown.map(({ event }) => factOf(event)),
      last: shown.at(-1) ?? null,
      full: all.length > limit,
    });
  }

  override conflicts(
    { before, after }: { readonly before: bigint; readonly after: ConflictPlace | null },
    limit: number,
  ): Promise<FactSlice<ConflictPlace>> {
    const order = (one: ConflictPlace, other: ConflictPlace) =>
      byTx({ ...one, occurredAt: 0 }, { ...other, occurredAt: 0 }) ||
      (one.fingerprint < other.fingerprint ? -1 : one.fingerprint > other.fingerprint ? 1 : 0);
    const all = [...this.region.conflicts.values()]
      .filter((place) => place.tx < before && (after === null || order(place, after) > 0))
      .sort(order);
    const shown = all.slice(0, limit);
    return Promise.resolve({
      facts: shown.map(({ eventKey, eventType, eventId, fingerprint, content }) =>
        JSON.stringify({
          event_key: eventKey,
          event_type: eventType,
          event_id: eventId,
          fingerprint: String(fingerprint),
          content,
        }),
      ),
      last: shown.at(-1) ?? null,
      full: all.length > limit,
    });
  }

  override openDeadLetters = () => Promise.resolve(0);
}

const factOf = (event: TrackedEvent): string =>
  JSON.stringify({
    event_key: event.eventKey,
    event_type: event.eventType,
    occurred_at: event.occurredAt,
    received_at: event.receivedAt,
    intake: event.intake,
    message_id: event.messageId,
    fingerprint: event.fingerprint === null ? null : String(event.fingerprint),
    event: JSON.stringify({ event_id: event.eventId, user_id: event.userId, page_url: event.pageUrl ?? undefined }),
  });

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
      new MemoryStore(region),
      { count: () => undefined },
      this.config,
      quietLogger,
    );
    const others = new Map(
      [...this.regions.values()].map((other) => [other.name, new GetFactsHandler(new MemoryFacts(other), this.config)]),
    );
    const { pageFacts, regions } = this;
    const other = new (class extends OtherRegion {
      override async facts({ name }: { name: string }, { cursor, since }: FactsAsked): Promise<FactsAnswer> {
        const page = await others.get(name)!.execute(new GetFactsQuery(cursor, since, pageFacts));
        const parsed = (list: readonly string[]) => list.map((text) => JSON.parse(text) as never);
        return { ...page.head, facts: parsed(page.facts), conflicts: parsed(page.conflicts) };
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
      log: new MemoryLog(region),
      conflicts: new MemoryConflicts(region),
      foreseen: { outcomes: () => Promise.reject(new Error('not modelled')) },
      erasures: region.erasures.asParts,
      config: this.config,
      logger: quietLogger,
    });
  }
}
