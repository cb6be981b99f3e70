import type { AlertRule } from '../../domain/alert-rule.js';
import type { Judged } from '../../domain/judgement.js';
import type { JudgedWindow } from '../../domain/notice.js';

export type RuleSource = 'api' | 'file';

export interface StoredRule {
  readonly id: string;
  readonly source: RuleSource;
  readonly rule: AlertRule;
  /** Epoch milliseconds, as all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** As of the last turn; null before the first. */
  readonly last: { readonly judged: Judged; readonly value: number | null; readonly window: JudgedWindow } | null;
}

export interface NewRule {
  readonly id: string;
  readonly rule: AlertRule;
  readonly secret: string;
}

/** Each change is one transaction; where it changes how a rule is judged, its open alert is resolved, and nobody is told. */
export abstract class RuleStore {
  abstract list(): Promise<readonly StoredRule[]>;

  abstract find(id: string): Promise<StoredRule | null>;

  abstract secretOf(id: string): Promise<string | null>;

  /** @param most of all rules. @returns null when there are as many already */
  abstract add(rule: NewRule, at: number, most: number): Promise<StoredRule | null>;

  /** Of the API. @returns null when there is none */
  abstract change(id: string, rule: AlertRule, at: number): Promise<StoredRule | null>;

  /** Of the API. @returns whether there was one */
  abstract remove(id: string, at: number): Promise<boolean>;

  abstract renewSecret(id: string, secret: string): Promise<boolean>;

  /** Makes the rules of the file these, known by their names; those of the API stay. */
  abstract replaceFile(rules: readonly NewRule[], at: number): Promise<void>;
}
