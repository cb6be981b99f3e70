import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../../platform/clock/clock.js';
import type { AlertRuleView } from '../answers/alert-rule.answer.js';
import { UnknownRule } from './rule-errors.js';
import { RuleStore } from './rule-store.port.js';
import { viewOf } from './rule-views.js';

/** Deletes a rule. Its open alert is resolved, and nobody is told. The result is the rule as it was. */
export class DeleteRuleCommand extends Command<AlertRuleView> {
  constructor(readonly id: string) {
    super();
  }
}

@CommandHandler(DeleteRuleCommand)
export class DeleteRuleHandler implements ICommandHandler<DeleteRuleCommand> {
  constructor(
    private readonly store: RuleStore,
    private readonly clock: Clock,
  ) {}

  /** @throws {UnknownRule} @throws {RuleOfFile} */
  async execute({ id }: DeleteRuleCommand): Promise<AlertRuleView> {
    const stored = await this.store.find(id);
    if (stored === null || !(await this.store.remove(id, this.clock.now()))) throw new UnknownRule(id);
    return viewOf(stored, true);
  }
}
