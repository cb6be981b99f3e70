import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { topicOf } from '../../../events/application/topic-of.js';
import { FINGERPRINT_VERSION } from '../../../events/domain/content/fingerprint.js';
import { EVENTS_VARIABLES } from '../../../events/events.variables.js';
import { Config } from '../../../platform/config/config.js';
import { FACT_COLUMNS, type FactRow } from '../../domain/fact-row.js';
import type { FactWalk } from '../../domain/fact-walk.js';
import { REGIONS_VARIABLES } from '../../regions.variables.js';
import type { ConflictContent, FactsAnswer } from '../answers/facts.answer.js';
import { type Bounds, type FactSlice, type Moment, RegionFacts, type Wanted } from './region-facts.port.js';
import { decodeWalk, encodeWalk } from './walk-cursor.js';

/** Facts of a page. A region that merges holds a few pages at once. */
const PAGE_BYTES = 2_000_000;
/** The walk first looks at this many ids of transactions: more than an idle service gives out between two merges. */
const FIRST_WIDTH = 64n;
/** The next step looks at this many times as many ids at most. Thirty such steps lead from the first id to the last one of 2⁶³. */
const WIDER = 4n;
/** Steps within one request. Then the answer says where to go on. */
const STEPS = 12;

/**
 * Answers what was committed here since another region asked before, in the order of the transactions, and then the contents
 * of conflicts.
 */
export class GetFactsQuery extends Query<FactsAnswer> {
  constructor(
    /** `next_cursor`, or a `watermark`; null: from the beginning. */
    readonly cursor: string | null,
    /** Only facts that happened then or later, epoch milliseconds. */
    readonly since: number | null,
    readonly limit: number,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

/** A page before it is answered. */
interface Step {
  readonly facts: readonly FactRow[];
  readonly conflicts: readonly ConflictContent[];
  /** The place where it leaves the walk. */
  readonly walk: FactWalk;
  readonly ended: boolean;
}

@QueryHandler(GetFactsQuery)
export class GetFactsHandler implements IQueryHandler<GetFactsQuery> {
  constructor(
    private readonly facts: RegionFacts,
    private readonly config: Config,
  ) {}

  /** @throws {InvalidCursor} */
  async execute({ cursor, since, limit, signal }: GetFactsQuery): Promise<FactsAnswer> {
    const given = cursor === null ? null : decodeWalk(cursor);
    await this.facts.prepare(given?.reach == null);
    const moment = await this.facts.moment(signal);
    const holds = given !== null && (await this.stillHolds(given, moment, signal));
    const walk = withReach(holds ? await this.withConflicts(given, signal) : beginning(moment), moment);
    const step = await this.step(walk, { since, limit, bytes: PAGE_BYTES }, signal);
    const begins = !holds || given.reach === null;
    return {
      ...this.ourselves(),
      ...moment.history,
      restarted: given !== null && !holds,
      as_of: new Date(moment.asOf).toISOString(),
      held_back_ms: moment.heldBack?.ms ?? 0,
      held_back_by: moment.heldBack?.by ?? null,
      dead_letters: begins ? await this.facts.openDeadLetters(signal) : null,
      watermark: encodeWalk({ ...step.walk, reach: null }),
      next_cursor: step.ended ? null : encodeWalk(step.walk),
      columns: [...FACT_COLUMNS],
      facts: step.facts,
      conflicts: step.conflicts,
    };
  }

  /**
   * A database may have been restored from a copy that is older than the last fact that was read. If its files were copied
   * back, it gives out the same ids again in the same history. Then that fact is no longer there.
   */
  private async stillHolds({ history, numbered, reach }: FactWalk, moment: Moment, signal?: AbortSignal) {
    if (history.system !== moment.history.system || history.timeline !== moment.history.timeline) return false;
    if (numbered === null || reach !== null) return true;
    if (numbered.tx >= moment.next) return false;
    return numbered.occurredAt < moment.floor || this.facts.isThere(numbered, signal);
  }

  /** A copy may have the last fact that was read, and lack the last conflict: these are few, and read again. An erasure takes it, too. */
  private async withConflicts(walk: FactWalk, signal?: AbortSignal): Promise<FactWalk> {
    const { conflicts, reach } = walk;
    if (conflicts === null || reach !== null || (await this.facts.isConflictThere(conflicts, signal))) return walk;
    return { ...walk, conflicts: null };
  }

  private async step(walk: FactWalk, wanted: Wanted, signal?: AbortSignal): Promise<Step> {
    if (walk.unnumbered !== 'done') {
      const slice = await this.facts.unnumbered({ horizon: walk.horizon, after: walk.unnumbered }, wanted, signal);
      const unnumbered = slice.full && slice.last !== null ? slice.last : 'done';
      return { facts: slice.facts, conflicts: [], walk: { ...walk, unnumbered }, ended: false };
    }
    let at = walk;
    for (let steps = 0; steps < STEPS && !isThrough(at); steps++) {
      const { until, from, width } = at.reach!;
      const before = from + width < until ? from + width : until;
      const slice = await this.facts.numbered({ from, before, after: at.numbered }, wanted, signal);
      const next = further(slice, { from, before, width, limit: wanted.limit });
      at = { ...at, numbered: slice.last ?? at.numbered, reach: { until, ...next } };
      if (slice.facts.length > 0) return { facts: slice.facts, conflicts: [], walk: at, ended: false };
    }
    if (!isThrough(at)) return { facts: [], conflicts: [], walk: at, ended: false };
    return this.conflicts(at, wanted, signal);
  }

  private async conflicts(walk: FactWalk, bounds: Bounds, signal?: AbortSignal): Promise<Step> {
    const range = { before: walk.reach!.until, after: walk.conflicts };
    const slice = await this.facts.conflicts(range, bounds, signal);
    const conflicts = slice.last ?? walk.conflicts;
    return { facts: [], conflicts: slice.contents, walk: { ...walk, conflicts }, ended: !slice.full };
  }

  private ourselves() {
    const { PULSAR_CLUSTER: cluster } = this.config.of(EVENTS_VARIABLES);
    const topic = (type: Parameters<typeof topicOf>[0]) => topicOf(type, this.config);
    return {
      region: this.config.of(REGIONS_VARIABLES).REGION,
      cluster,
      topics: { click: topic('click'), conversion: topic('conversion'), sale: topic('sale') },
      fingerprint_version: FINGERPRINT_VERSION,
    };
  }
}

const beginning = ({ history, next }: Moment): FactWalk => ({
  history,
  horizon: next,
  unnumbered: null,
  numbered: null,
  conflicts: null,
  reach: null,
});

/**
 * A merge begins where the last row that was seen lies, and ends at what is committed by now: it does not follow the events that
 * arrive. Where the server crashes meanwhile, it gives out ids again that only rolled-back transactions had: the walk ends before them.
 */
function withReach(walk: FactWalk, { ended }: Moment): FactWalk {
  const { reach, numbered } = walk;
  if (reach === null) return { ...walk, reach: { until: ended, from: numbered?.tx ?? 0n, width: FIRST_WIDTH } };
  return { ...walk, reach: { ...reach, until: reach.until < ended ? reach.until : ended } };
}

const isThrough = ({ reach }: FactWalk): boolean => reach !== null && reach.from >= reach.until;

interface Looked {
  readonly from: bigint;
  readonly before: bigint;
  readonly width: bigint;
  /** Facts of a page. */
  readonly limit: number;
}

/**
 * The number of ids that hold about a page of facts. With more ids PostgreSQL reads and sorts all their rows, only to give
 * the first of them. A page that comes out short costs nothing but its request.
 */
function further(
  { facts, last, full, next }: FactSlice<{ readonly tx: bigint }>,
  { from, before, width, limit }: Looked,
) {
  if (last === null) return { from: before, width: width * WIDER };
  if (full) return { from: (next ?? last).tx, width: last.tx - from + 1n };
  const covered = before - from;
  const page = (covered * BigInt(limit)) / BigInt(facts.length);
  return { from: before, width: page < covered * WIDER ? page : covered * WIDER };
}
