import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { v4, v7 } from 'uuid';
import { Logger } from '../../../platform/observability/logger.js';
import { failpoint } from '../../alerts.failpoints.js';
import type { Finding } from '../../domain/judgement.js';
import { bodyOf } from '../../domain/notice.js';
import { step, TURN_MS, type Watch } from '../../domain/watch.js';
import { Rounds } from '../rounds.js';
import { FiguresOfRule, windowAt } from './figures-of-rule.js';
import { Turns } from './turns.port.js';
import { type Outcome, type WatchedRule, WatchedRules } from './watched-rules.port.js';

/** A turn is noticed within this time, and so is a turn that another replica left behind. */
const LOOKS_EVERY_MS = 1_000;
/** Questions for figures at once, so that a rule which must be counted from the events holds up few others. */
const RULES_AT_ONCE = 3;

/**
 * Judges every rule once a turn, on the replica that claims the turn. A replica may die, or stand still and come back. This
 * changes nothing, because the judgement of a rule in a turn is written once, whoever else tries.
 */
@Injectable()
export class Evaluator implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds: Rounds;

  constructor(
    private readonly turns: Turns,
    private readonly rules: WatchedRules,
    private readonly figures: FiguresOfRule,
    private readonly logger: Logger,
  ) {
    this.rounds = new Rounds('judging alert rules', LOOKS_EVERY_MS, () => this.look(), logger);
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  /** Looks whether a turn is due, unless it is doing so already. Never rejects. */
  now(): Promise<void> {
    return this.rounds.now();
  }

  private async look(): Promise<void> {
    const turn = await this.turns.claim();
    if (turn === null) return;
    const stall = failpoint('in_alert_turn');
    if (stall) await stall;
    const left = [...(await this.rules.due(turn))];
    const failures: unknown[] = [];
    const inTurn = async () => {
      for (let one = left.shift(); one; one = left.shift()) {
        await this.judge(one, turn).catch((error: unknown) => failures.push(error));
      }
    };
    await Promise.all(Array.from({ length: RULES_AT_ONCE }, inTurn));
    // If a turn is not done, it is claimed again for the rules that are left. One rule does not keep the others from being
    // judged.
    if (failures.length > 0) throw failures[0];
    await this.turns.done(turn);
  }

  private async judge(watched: WatchedRule, turn: number): Promise<void> {
    const { rule } = watched;
    const at = turn * TURN_MS;
    const window = windowAt(rule, at);
    const finding = await this.figures.find(rule, window).catch((error: unknown): Finding => {
      this.logger.warn({ err: error, rule: watched.id }, 'the figures of an alert rule cannot be read');
      return { judged: 'incomplete', holds: false, value: null };
    });
    const decide = (watch: Watch): Outcome => {
      const made = step(watch, finding, rule, at, () => v7({ msecs: at }));
      const { alertId, startedAt, firedAt } = made.ended?.watch ?? made.watch;
      const told = { ruleId: watched.id, rule, alertId, startedAt, firedAt, finding, window };
      const notifications = made.notices.map((kind) => ({ id: `msg_${v4()}`, body: bodyOf(kind, told, at) }));
      return { step: made, notifications: rule.webhook_url === null ? [] : notifications };
    };
    await this.rules.advance(watched, { turn, finding, window }, decide);
  }
}
