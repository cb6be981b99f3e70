import type { AlertRule } from '../../domain/alert-rule.js';
import type { Finding } from '../../domain/judgement.js';
import type { JudgedWindow } from '../../domain/notice.js';
import type { Step, Watch } from '../../domain/watch.js';

export interface WatchedRule {
  readonly id: string;
  /** A number that grows with each change of the rule. */
  readonly revision: number;
  readonly rule: AlertRule;
}

export interface Judgement {
  readonly turn: number;
  readonly finding: Finding;
  readonly window: JudgedWindow;
}

/** The watch that a turn leaves for a rule, with the notices that it writes, in their order. */
export interface Outcome {
  readonly step: Step;
  readonly notifications: readonly { readonly id: string; readonly body: string }[];
}

export abstract class WatchedRules {
  /** Rules that are enabled and were not judged in this turn. */
  abstract due(turn: number): Promise<readonly WatchedRule[]>;

  /**
   * Writes what a judgement changes in one transaction: the watch, the alert and the notices.
   *
   * @param decide gets the watch while nobody else can change it
   * @returns whether it was written. It is not written if the rule was changed since, or was judged in this turn or a later
   * one
   */
  abstract advance(watched: WatchedRule, judgement: Judgement, decide: (watch: Watch) => Outcome): Promise<boolean>;
}
