import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { v4 } from 'uuid';
import { Clock } from '../../../platform/clock/clock.js';
import { bodyOf } from '../../domain/notice.js';
import type { TestedRule } from '../answers/alert-rule.answer.js';
import { NotDelivered, Webhook } from '../delivery/webhook.port.js';
import { FiguresOfRule, windowAt } from '../evaluation/figures-of-rule.js';
import { UnknownRule } from './rule-errors.js';
import { RuleStore } from './rule-store.port.js';

/** Judges a rule now, and tells its webhook once, whatever the judgement is. No state changes. */
export class TestRuleCommand extends Command<TestedRule> {
  constructor(
    readonly id: string,
    readonly signal: AbortSignal,
  ) {
    super();
  }
}

@CommandHandler(TestRuleCommand)
export class TestRuleHandler implements ICommandHandler<TestRuleCommand> {
  constructor(
    private readonly store: RuleStore,
    private readonly figures: FiguresOfRule,
    private readonly webhook: Webhook,
    private readonly clock: Clock,
  ) {}

  /** @throws {UnknownRule} */
  async execute({ id, signal }: TestRuleCommand): Promise<TestedRule> {
    const [stored, secret] = await Promise.all([this.store.find(id), this.store.secretOf(id)]);
    if (stored === null || secret === null) throw new UnknownRule(id);
    const { rule } = stored;
    const now = this.clock.now();
    const window = windowAt(rule, now);
    const finding = await this.figures.find(rule, window);
    const notification = `msg_${v4()}`;
    if (rule.webhook_url === null) return { notification_id: notification, delivered: false, detail: NO_WEBHOOK };
    const told = { ruleId: id, rule, alertId: null, startedAt: null, firedAt: null, finding, window };
    const message = { id: notification, body: bodyOf('test', told, now), secret };
    const failure = await this.webhook.send(rule.webhook_url, message, signal).then(() => null, reasonOf);
    return { notification_id: notification, delivered: failure === null, detail: failure };
  }
}

const NO_WEBHOOK = 'The rule has no webhook_url.';

function reasonOf(error: unknown): string {
  if (error instanceof NotDelivered) return error.message;
  throw error;
}
