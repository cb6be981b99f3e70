import { commitOfClone, type Report, type ScenarioResult } from './report.js';
import type { Shown } from './scenarios.js';

/** The options of a command line. */
export interface RunOptions {
  readonly seed?: string;
  readonly short: boolean;
  /** Leaves the data for a look when something was found. */
  readonly keep: boolean;
  readonly report?: string;
}

/** The facts that are told of every run, whatever it did. */
export type RunFacts = Omit<Report, 'planted' | 'cycles' | 'secrets'>;

/** The servers that were started for the run. */
interface Started {
  readonly folder: string;
  close(keep: boolean): Promise<void>;
}

/** One run of a harness: what it says while it goes on, what is told of it, and how it ends. */
export class HarnessRun {
  readonly seed: number;
  /** Where its report goes. */
  readonly folder: string;
  private readonly options: string;
  private readonly commit = commitOfClone();
  private readonly scenarios: ScenarioResult[] = [];
  private readonly started = new Date();
  private readonly from = performance.now();
  private machine: RunFacts['machine'] = {};
  private aborted: string | null = null;

  constructor(private readonly values: RunOptions & Readonly<Record<string, string | boolean | undefined>>) {
    this.seed = Number(values.seed ?? Date.now() % 1_000_000);
    this.folder = values.report ?? (values.short ? '.data/faults/reports' : 'test/faults/reports');
    this.options = Object.entries({ ...values, seed: String(this.seed), report: undefined })
      .flatMap(([name, value]) => (typeof value === 'string' ? [`--${name} ${value}`] : value ? [`--${name}`] : []))
      .join(' ');
  }

  get seconds(): number {
    return Math.round((performance.now() - this.from) / 1000);
  }

  /** Whether so many minutes are over; never without a bound. */
  isOver(minutes: string | undefined): boolean {
    return minutes !== undefined && this.seconds >= Number(minutes) * 60;
  }

  readonly say = (line: string): void => console.log(`${String(this.seconds).padStart(5)} s  ${line}`);

  /** Ctrl-C ends what was started, too. */
  endOnSignal(end: () => Promise<void>): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void end().finally(() => process.exit(1)));
    }
  }

  /** What it throws is told: an aborted run is not a pass. */
  async attempt(machine: () => Promise<RunFacts['machine']>, work: () => Promise<void>): Promise<void> {
    try {
      this.machine = await machine();
      await work();
    } catch (error) {
      this.aborted = (error as Error).message;
      this.say(`aborted: ${(error as Error).stack}`);
    }
  }

  async play(name: string, scenario: () => Promise<Shown>): Promise<void> {
    const begun = performance.now();
    let outcome: Pick<ScenarioResult, 'result' | 'detail' | 'families'>;
    try {
      const shown = await scenario();
      if (typeof shown === 'string') outcome = { result: 'passed', detail: shown };
      else if ('skipped' in shown) outcome = { result: 'skipped', detail: shown.skipped };
      else outcome = { result: 'passed', ...shown };
    } catch (error) {
      outcome = { result: 'failed', detail: (error as Error).message };
    }
    this.scenarios.push({ name, ...outcome, seconds: Math.round((performance.now() - begun) / 1000) });
    this.say(`scenario: ${name}: ${outcome.result}: ${outcome.detail}`);
  }

  get facts(): RunFacts {
    const { options, seed, commit, machine, seconds, aborted, scenarios } = this;
    return { options, seed, commit, machine, started: this.started.toISOString(), seconds, aborted, scenarios };
  }

  /** Says what was found, ends what was started, and the process. @param passed in words, where nothing was found */
  async end(report: string, failures: readonly string[], passed: string, started: Started): Promise<never> {
    this.say(`report: ${report}`);
    for (const failure of failures) this.say(`FAILURE ${failure}`);
    this.say(failures.length === 0 ? passed : `${failures.length} failures`);
    const keep = this.values.keep && failures.length > 0;
    await started.close(keep);
    if (keep) this.say(`kept: ${started.folder}`);
    process.exit(failures.length === 0 ? 0 : 1);
  }
}
