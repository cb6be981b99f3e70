import type { AlertRule } from '../../domain/alert-rule.js';
import type { Finding } from '../../domain/judgement.js';
import type { JudgedWindow } from '../../domain/notice.js';
import type { Step, Watch } from '../../domain/watch.js';

export interface WatchedRule {
  readonly id: string;
  /** Higher with each change of it. */
  readonly revision: number;
  readonly rule: AlertRule;
}

export interface Judgement {
  readonly turn: number;
  readonly finding: Finding;
  readonly window: JudgedWindow;
}

/** What a turn makes of a rule, with the notifications that it writes, in their order. */
export interface Outcome {
  readonly step: Step;
  readonly notifications: readonly { readonly id: string; readonly body: string }[];
}

export abstract class WatchedRules {
  /** Those that are enabled and were not judged in this turn. */
  abstract due(turn: number): Promise<readonly WatchedRule[]>;

  /**
   * Writes what a judgement changes, all of it in one transaction: the watch, the alert, and what is to be told.
   *
   * @param decide gets the watch as it is while nobody else can change it
   * @returns whether it was written: not where the rule was changed since, or judged in this turn or a later one
   */
  abstract advance(watched: WatchedRule, judgement: Judgement, decide: (watch: Watch) => Outcome): Promise<boolean>;
}
