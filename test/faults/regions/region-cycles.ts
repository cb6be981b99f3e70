import { eventually } from '../../support/waiting.js';
import type { EventStream } from '../event-stream.js';
import type { Random } from '../random.js';
import { BrokerLoad } from './broker-load.js';
import { CLIENT_TIMEOUT_MS, ClientLoad } from './client-load.js';
import { beginMerge, mergeBoth, type MergeDone } from './merges.js';
import { OUTAGE_WEIGHTS, type OutageKind, strike } from './outages.js';
import { wrongFigures } from './audit/recounted.js';
import { auditRegions, type RegionsReport } from './audit/regions-audit.js';
import type { RegionsLedger } from './audit/regions-ledger.js';
import type { TwoStacks } from './two-stacks.js';

const WITHIN_MS = 240_000;
/** Share of cycles in which the other region's Pulsar and a client of its own send as well. */
const BOTH_WRITE = 0.6;
/** Share of cycles in which a merge has begun when the primary goes away. */
const MERGE_UNDER_WAY = 0.4;
const PLANTED_CONFLICTS = 3;
const SHORTEST_AWAY_MS = 1_000;
const LONGEST_AWAY_MS = 5_000;

export interface RegionCyclePlan {
  /** Null: nothing happens. */
  readonly outage: OutageKind | null;
  readonly bothWrite: boolean;
  readonly mergeUnderWay: boolean;
}

export interface RegionCycle {
  readonly cycle: number;
  readonly outage: OutageKind | null;
  readonly kills: number;
  readonly bothWrite: boolean;
  readonly mergeUnderWay: boolean;
  /** How long the primary was away, until it was ready again. */
  readonly awayMs: number;
  /** From the outage until an event that was taken after it was confirmed. */
  readonly servedAgainMs: number | null;
  /** The longest that any event waited, from the outage on where it was taken before. */
  readonly longestWaitMs: number;
  /** Until the client had returned to the primary by itself. */
  readonly returnedMs: number | null;
  /** Events and messages that were confirmed. */
  readonly sent: number;
  readonly merges: readonly MergeDone[];
  readonly audit: RegionsReport;
  readonly seconds: number;
  /** The findings and breakages, in words; the run is about this being empty. */
  readonly failures: readonly string[];
}

/** Load on two regions, an outage of the first, its return, rest, merges in both directions, audit; once per cycle. */
export class RegionCycles {
  private readonly client: ClientLoad;
  private readonly otherClient: ClientLoad;
  private readonly brokers: Readonly<Record<'a' | 'b', BrokerLoad>>;
  private done = 0;

  constructor(
    private readonly stacks: TwoStacks,
    private readonly stream: EventStream,
    private readonly ledger: RegionsLedger,
    private readonly random: Random,
    /** Events a second over all ways. */
    private readonly rate: number,
  ) {
    const { a, b } = stacks;
    this.client = new ClientLoad(a, b, stream, ledger);
    this.otherClient = new ClientLoad(b, a, stream, ledger);
    this.brokers = { a: new BrokerLoad(a, stream, random, ledger), b: new BrokerLoad(b, stream, random, ledger) };
  }

  draw(): RegionCyclePlan {
    const { random } = this;
    return {
      outage: random.weighted(OUTAGE_WEIGHTS),
      bothWrite: random.next() < BOTH_WRITE,
      mergeUnderWay: random.next() < MERGE_UNDER_WAY,
    };
  }

  async run(plan: RegionCyclePlan): Promise<RegionCycle> {
    const started = performance.now();
    const before = this.confirmed;
    const failures: string[] = [];
    this.client.forget();
    const planted = await this.plantConflicts();
    this.load(plan);
    const outage = await this.underLoad(plan);
    await this.rest();
    const merges = await this.merges();
    const audit = await this.audit();
    for (const [kind, count] of Object.entries(audit.counts)) failures.push(`${count} ${kind}`);
    failures.push(...audit.examples);
    if (audit.conflicts < planted) failures.push(`${audit.conflicts} conflicts, and ${planted} were planted`);
    failures.push(...this.client.wrong.splice(0), ...this.otherClient.wrong.splice(0));
    return {
      cycle: ++this.done,
      ...plan,
      ...outage,
      sent: this.confirmed - before,
      merges,
      audit,
      seconds: Math.round((performance.now() - started) / 100) / 10,
      failures,
    };
  }

  /** Audits both regions at rest. */
  async audit(periods?: readonly string[]): Promise<RegionsReport> {
    const { a, b } = this.stacks;
    const report = await auditRegions({ a: a.postgres.url, b: b.postgres.url }, this.ledger);
    const wrong = [...(await wrongFigures(a, periods)), ...(await wrongFigures(b, periods))];
    if (wrong.length === 0) return report;
    return {
      ...report,
      counts: { ...report.counts, metrics: wrong.length },
      examples: [...report.examples, ...wrong.map((line) => `metrics: ${line}`)],
    };
  }

  async merges(): Promise<MergeDone[]> {
    const { a, b } = this.stacks;
    return mergeBoth(this.random.next() < 0.5 ? [a, b] : [b, a], this.random);
  }

  async close(): Promise<void> {
    this.client.close();
    this.otherClient.close();
    await Promise.all([this.brokers.a.close(), this.brokers.b.close()]);
  }

  private get confirmed(): number {
    const { client, otherClient, brokers } = this;
    return client.confirmed + otherClient.confirmed + brokers.a.confirmed + brokers.b.confirmed;
  }

  /** One identity with two contents, one in each region. @returns of how many identities, over all cycles */
  private async plantConflicts(): Promise<number> {
    const { a, b } = this.stacks;
    const [toA, toB] = [a, b].map((region) => new ClientLoad(region, null, this.stream, this.ledger));
    for (let count = 0; count < PLANTED_CONFLICTS; count++) {
      const event = this.stream.event();
      const outcomes = await Promise.all([toA!.record(event), toB!.record(this.stream.conflicting(event))]);
      if (outcomes.some(({ status }) => status !== 'recorded')) throw new Error('a planted conflict was not recorded');
    }
    for (const one of [toA!, toB!]) one.close();
    return (this.done + 1) * PLANTED_CONFLICTS;
  }

  private load({ bothWrite }: RegionCyclePlan): void {
    const share = bothWrite ? this.rate / 4 : this.rate / 2;
    this.client.start(share);
    this.brokers.a.start(share);
    if (!bothWrite) return;
    this.otherClient.start(share);
    this.brokers.b.start(share);
  }

  private async rest(): Promise<void> {
    const { a, b } = this.stacks;
    await Promise.all([this.client.stop(), this.otherClient.stop(), this.brokers.a.stop(), this.brokers.b.stop()]);
    await Promise.all([a.drained(WITHIN_MS), b.drained(WITHIN_MS)]);
  }

  private async underLoad({ outage: kind, mergeUnderWay }: RegionCyclePlan): Promise<Away> {
    const { a, b } = this.stacks;
    await this.primaryAnswers();
    await this.pause(500, 2_000);
    if (mergeUnderWay) await beginMerge(...(this.random.next() < 0.5 ? ([a, b] as const) : ([b, a] as const)));
    if (kind === null) return { kills: 0, awayMs: 0, servedAgainMs: null, longestWaitMs: 0, returnedMs: null };
    const at = performance.now();
    const struck = await strike(kind, a, b);
    await this.pause(SHORTEST_AWAY_MS, LONGEST_AWAY_MS);
    await struck.end();
    const back = performance.now();
    await this.primaryAnswers();
    const waits = this.client.waits.filter(({ told }) => told >= at);
    return {
      kills: struck.kills,
      awayMs: Math.round(back - at),
      servedAgainMs: Math.round(Math.min(...waits.filter(({ taken }) => taken >= at).map(({ told }) => told)) - at),
      longestWaitMs: Math.round(Math.max(...waits.map(({ taken, told }) => told - Math.max(taken, at)))),
      returnedMs: Math.round(performance.now() - back),
    };
  }

  /** The primary has answered a request that the client sent since. */
  private async primaryAnswers(): Promise<void> {
    const before = this.client.answeredByPrimary;
    await eventually(() => this.client.answeredByPrimary > before + 1, {
      within: WITHIN_MS,
      what: 'the client sends to the primary',
    });
  }

  private pause(least: number, most: number): Promise<unknown> {
    return new Promise((resolve) => setTimeout(resolve, least + this.random.below(most - least)));
  }
}

type Away = Pick<RegionCycle, 'kills' | 'awayMs' | 'servedAgainMs' | 'longestWaitMs' | 'returnedMs'>;

/** The time that the promise allows: one time-out, and a second. */
export const SERVED_AGAIN_MS = CLIENT_TIMEOUT_MS + 1_000;
