import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../../platform/clock/clock.js';
import type { AlertRule } from '../../domain/alert-rule.js';
import type { AlertRuleView } from '../answers/alert-rule.answer.js';
import { UnknownRule } from './rule-errors.js';
import { RuleStore } from './rule-store.port.js';
import { viewOf } from './rule-views.js';

/** Changes a rule. If more than `muted_until` changes, its open alert is resolved, and nobody is told. */
export class ChangeRuleCommand extends Command<AlertRuleView> {
  constructor(
    readonly id: string,
    readonly rule: AlertRule,
  ) {
    super();
  }
}

@CommandHandler(ChangeRuleCommand)
export class ChangeRuleHandler implements ICommandHandler<ChangeRuleCommand> {
  constructor(
    private readonly store: RuleStore,
    private readonly clock: Clock,
  ) {}

  /** @throws {UnknownRule} @throws {RuleOfFile} */
  async execute({ id, rule }: ChangeRuleCommand): Promise<AlertRuleView> {
    const stored = await this.store.change(id, rule, this.clock.now());
    if (stored === null) throw new UnknownRule(id);
    return viewOf(stored, true);
  }
}
