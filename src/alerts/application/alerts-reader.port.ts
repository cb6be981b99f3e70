import type { AlertRule } from '../domain/alert-rule.js';
import type { Judged } from '../domain/judgement.js';
import type { JudgedWindow } from '../domain/notice.js';
import type { AlertState } from './answers/alert.answer.js';

export interface StoredAlert {
  readonly id: string;
  readonly ruleId: string;
  readonly rule: AlertRule;
  readonly state: AlertState;
  readonly judged: Judged;
  readonly value: number | null;
  readonly window: JudgedWindow | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly firedAt: number | null;
  readonly resolvedAt: number | null;
}

export interface AlertPosition {
  readonly startedAt: number;
  readonly id: string;
}

export abstract class AlertsReader {
  /** The newest first, those that are older than `after`. */
  abstract page(
    state: AlertState | null,
    limit: number,
    after: AlertPosition | null,
    signal?: AbortSignal,
  ): Promise<readonly StoredAlert[]>;
}
