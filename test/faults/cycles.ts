import { eventually } from '../support/waiting.js';
import type { AuditReport } from './audit.js';
import type { Auditor } from './auditor-process.js';
import { FAULT_WEIGHTS, Faults, type FaultDone, type FaultKind } from './fault-kinds.js';
import type { Load } from './load.js';
import type { Random } from './random.js';
import type { Stage } from './stage.js';

/** A broker that comes back under load delivers tens of thousands of messages again. */
const DRAIN_MS = 240_000;
/** Events that are told to be of "now" can be this much older than the cycle: chunks wait for their turn. */
const CLOCK_MARGIN_MS = 1_000;
const FULL_AUDIT_EVERY = 25;
/** Faults at the same time: a replica starts anew while PostgreSQL is away while the other one is cut off. */
const LANES = 3;

export interface CycleDone {
  readonly cycle: number;
  readonly faults: readonly FaultDone[];
  /** Confirmed messages and HTTP items, duplicates among them. */
  readonly sent: number;
  readonly resent: number;
  readonly seconds: number;
  /** From the last confirmation until nothing was left at the broker. */
  readonly drainSeconds: number;
  readonly audit: AuditReport;
  readonly full: boolean;
  /** The findings and breakages, in words; the run is about this being empty. */
  readonly failures: readonly string[];
}

export interface CyclePlan {
  /** Messages and items to send, duplicates and poison among them. */
  readonly events: number;
  readonly faults: readonly FaultKind[];
}

/** Load, faults while it runs, rest, audit; once per cycle. */
export class Cycles {
  private done = 0;
  private rowsBefore = 0;

  constructor(
    private readonly stage: Stage,
    private readonly load: Load,
    private readonly auditor: Auditor,
    private readonly random: Random,
  ) {}

  /** Draws the faults of a cycle. */
  draw(count: number): FaultKind[] {
    return Array.from({ length: count }, () => this.random.weighted(FAULT_WEIGHTS));
  }

  async run(plan: CyclePlan, { full = false } = {}): Promise<CycleDone> {
    const started = performance.now();
    const since = Date.now() - CLOCK_MARGIN_MS;
    const cycle = ++this.done;
    const before = await this.figures();
    const { sent } = this.load;
    const atStart = { ...sent, wrong: sent.wrong.length };

    const faults = await this.underLoad(plan);
    const loaded = performance.now();
    const failures = faults.flatMap(({ kind, violation }) => (violation === null ? [] : [`${kind}: ${violation}`]));
    await this.drain(failures);
    const drained = performance.now();
    const after = await this.figures();

    const isFull = full || cycle % FULL_AUDIT_EVERY === 0;
    const report = await this.auditor.audit({ kind: isFull ? 'full' : 'recent', since });
    for (const [kind, count] of Object.entries(report.counts)) failures.push(`${count} ${kind}`);
    failures.push(...sent.wrong.slice(atStart.wrong));
    const resent = sent.resent - atStart.resent;
    const rows = report.facts - this.rowsBefore;
    this.rowsBefore = report.facts;
    const examined = sent.messages + sent.items - atStart.messages - atStart.items;
    failures.push(...conservation(before, after, { rows, examined, resent, calm: faults.length === 0 }));
    return {
      cycle,
      faults,
      sent: examined,
      resent,
      seconds: seconds(performance.now() - started),
      drainSeconds: seconds(drained - loaded),
      audit: report,
      full: isFull,
      failures,
    };
  }

  /** Each fault comes when its share of the load is confirmed, up to three at a time; the load goes on until all are over. */
  private async underLoad(plan: CyclePlan): Promise<FaultDone[]> {
    const faults = new Faults(this.stage, this.random, this.load);
    const from = this.load.confirmed;
    let finished = false;
    let injected = false;
    const loading = this.load.run(plan.events, () => injected).finally(() => (finished = true));
    const done: FaultDone[] = [];
    const queue = plan.faults.map((kind, index) => ({
      kind,
      after: ((index + 0.2 + 0.6 * this.random.next()) / plan.faults.length) * plan.events * 0.8,
    }));
    const lane = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { kind, after } = next;
        const due = () => finished || this.load.confirmed - from >= after;
        await eventually(due, { within: DRAIN_MS, what: `the load gets to ${kind}` });
        done.push(await faults.inject(kind));
      }
    };
    const injecting = Promise.all(Array.from({ length: LANES }, lane)).then(() => (injected = true));
    await Promise.all([loading, injecting]);
    return done;
  }

  private async drain(failures: string[]): Promise<void> {
    try {
      await this.stage.drained(DRAIN_MS);
    } catch (error) {
      failures.push(`backlog: ${(error as Error).message}`);
    }
  }

  /** The service's own counters, with the number of each replica's life: another life starts from zero. */
  private async figures(): Promise<Figures[]> {
    return Promise.all(
      this.stage.replicas.map(async (replica) => {
        await replica.ready();
        return { life: replica.lives, counters: await replica.counters() };
      }),
    );
  }
}

interface Figures {
  readonly life: number;
  readonly counters: Readonly<Record<string, number>>;
}

/**
 * Counters against tables, where no replica was started anew: recorded = new rows (fewer only where a caller was told
 * that the outcome is unknown); and in a cycle without any fault recorded + duplicate + rejected = what was sent.
 */
function conservation(
  before: readonly Figures[],
  after: readonly Figures[],
  { rows, examined, resent, calm }: { rows: number; examined: number; resent: number; calm: boolean },
): string[] {
  if (before.some(({ life }, index) => life !== after[index]!.life)) return [];
  const grown = (verdict: string) =>
    after.reduce((sum, { counters }, index) => {
      const names = Object.keys(counters).filter((name) => name.endsWith(` ${verdict}`));
      return sum + names.reduce((of, name) => of + counters[name]! - (before[index]!.counters[name] ?? 0), 0);
    }, 0);
  const recorded = grown('recorded');
  const failures = [];
  if (resent === 0 && recorded < rows) failures.push(`counters: ${recorded} recorded for ${rows} new rows`);
  if (recorded > rows) failures.push(`counters: ${recorded} recorded, more than ${rows} new rows`);
  const all = recorded + grown('duplicate') + grown('rejected');
  if (calm && resent === 0 && all !== examined) failures.push(`counters: ${all} examined for ${examined} sent`);
  return failures;
}

const seconds = (milliseconds: number) => Math.round(milliseconds / 100) / 10;
