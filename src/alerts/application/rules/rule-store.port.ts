import type { AlertRule } from '../../domain/alert-rule.js';
import type { Judged } from '../../domain/judgement.js';
import type { JudgedWindow } from '../../domain/notice.js';

export type RuleSource = 'api' | 'file';

export interface StoredRule {
  readonly id: string;
  readonly source: RuleSource;
  readonly rule: AlertRule;
  /** Epoch milliseconds, as all times in this file. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The figures of the last turn; null before the first one. */
  readonly last: { readonly judged: Judged; readonly value: number | null; readonly window: JudgedWindow } | null;
}

export interface NewRule {
  readonly id: string;
  readonly rule: AlertRule;
  readonly secret: string;
}

/**
 * Stores rules. Each change is one transaction. If it changes how a rule is judged, its open alert is resolved, and nobody
 * is told.
 */
export abstract class RuleStore {
  abstract list(): Promise<readonly StoredRule[]>;

  abstract find(id: string): Promise<StoredRule | null>;

  abstract secretOf(id: string): Promise<string | null>;

  /**
   * @param most the largest number of rules
   * @returns null when there are as many already
   */
  abstract add(rule: NewRule, at: number, most: number): Promise<StoredRule | null>;

  /** Changes a rule of the API. @returns null when there is no such rule */
  abstract change(id: string, rule: AlertRule, at: number): Promise<StoredRule | null>;

  /** Deletes a rule of the API. @returns whether there was one */
  abstract remove(id: string, at: number): Promise<boolean>;

  abstract renewSecret(id: string, secret: string): Promise<boolean>;

  /** Replaces the rules of the file, which are known by their names. Rules of the API stay. */
  abstract replaceFile(rules: readonly NewRule[], at: number): Promise<void>;
}
