import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { topicOf } from '../../../events/application/topic-of.js';
import { FINGERPRINT_VERSION } from '../../../events/domain/content/fingerprint.js';
import { EVENTS_VARIABLES } from '../../../events/events.variables.js';
import { Config } from '../../../platform/config/config.js';
import type { FactWalk } from '../../domain/fact-walk.js';
import { REGIONS_VARIABLES } from '../../regions.variables.js';
import type { FactsHead } from '../answers/facts.answer.js';
import { type FactSlice, type Moment, RegionFacts, type Wanted } from './region-facts.port.js';
import { decodeWalk, encodeWalk } from './walk-cursor.js';

const PAGE_BYTES = 4_000_000;
/** Ids of transactions to look at first: as many as record a page's facts in the usual batches, and more than an idle service gives out. */
const FIRST_WIDTH = 64n;
/** Where nothing is found. From the first id to the last of 2⁶³ it is thirty steps. */
const WIDER = 4n;
/** Steps within a request: it says then where to go on. */
const STEPS = 12;

/** One page: its head, and facts and conflicts, each as JSON. */
export interface FactsPage {
  readonly head: FactsHead;
  readonly facts: readonly string[];
  readonly conflicts: readonly string[];
}

/** What was committed here since another region asked before, in the order of the transactions; then the contents of conflicts. */
export class GetFactsQuery extends Query<FactsPage> {
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

/** A page before it is told. */
interface Step {
  readonly facts: readonly string[];
  readonly conflicts: readonly string[];
  /** Where it leaves the walk. */
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
  async execute({ cursor, since, limit, signal }: GetFactsQuery): Promise<FactsPage> {
    const given = cursor === null ? null : decodeWalk(cursor);
    if (given?.reach == null) await this.facts.prepare();
    const moment = await this.facts.moment(signal);
    const holds = given !== null && (await this.stillHolds(given, moment, signal));
    const walk = withReach(holds ? given : beginning(moment), moment);
    const step = await this.step(walk, { since, limit, bytes: PAGE_BYTES }, signal);
    const begins = !holds || given.reach === null;
    return {
      head: {
        ...this.ourselves(),
        ...moment.history,
        restarted: given !== null && !holds,
        as_of: new Date(moment.asOf).toISOString(),
        held_back_ms: moment.heldBack?.ms ?? 0,
        held_back_by: moment.heldBack?.by ?? null,
        dead_letters: begins ? await this.facts.openDeadLetters(signal) : null,
        watermark: encodeWalk({ ...step.walk, reach: null }),
        next_cursor: step.ended ? null : encodeWalk(step.walk),
      },
      facts: step.facts,
      conflicts: step.conflicts,
    };
  }

  /**
   * A restored database may be a copy from before the last fact that was read, and then give out the same ids again, in the same
   * history where it was copied as files: that fact is no longer there.
   */
  private async stillHolds({ history, numbered, reach }: FactWalk, moment: Moment, signal?: AbortSignal) {
    if (history.system !== moment.history.system || history.timeline !== moment.history.timeline) return false;
    if (numbered === null || reach !== null || numbered.occurredAt < moment.floor) return true;
    return this.facts.isThere(numbered, signal);
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
      at = { ...at, numbered: slice.last ?? at.numbered, reach: { until, ...further(slice, from, before, width) } };
      if (slice.facts.length > 0) return { facts: slice.facts, conflicts: [], walk: at, ended: false };
    }
    if (!isThrough(at)) return { facts: [], conflicts: [], walk: at, ended: false };
    return this.conflicts(at, wanted.limit, signal);
  }

  private async conflicts(walk: FactWalk, limit: number, signal?: AbortSignal): Promise<Step> {
    const range = { before: walk.reach!.until, after: walk.conflicts };
    const slice = await this.facts.conflicts(range, limit, signal);
    const conflicts = slice.last ?? walk.conflicts;
    return { facts: [], conflicts: slice.facts, walk: { ...walk, conflicts }, ended: !slice.full };
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

/** A merge begins where the last row that was seen lies, and ends at what is committed by now: it does not follow the events that arrive. */
const withReach = (walk: FactWalk, { ended }: Moment): FactWalk =>
  walk.reach === null ? { ...walk, reach: { until: ended, from: walk.numbered?.tx ?? 0n, width: FIRST_WIDTH } } : walk;

const isThrough = ({ reach }: FactWalk): boolean => reach !== null && reach.from >= reach.until;

/** About twice as many ids as made a page; more where they made less. */
function further({ last, full }: FactSlice<{ readonly tx: bigint }>, from: bigint, before: bigint, width: bigint) {
  if (last === null) return { from: before, width: width * WIDER };
  if (!full) return { from: before, width: width * 2n };
  return { from: last.tx, width: (last.tx - from + 1n) * 2n };
}
