import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { v7 } from 'uuid';
import { Clock } from '../../../platform/clock/clock.js';
import type { AlertRule } from '../../domain/alert-rule.js';
import { mintSigningSecret } from '../../domain/signature.js';
import type { CreatedAlertRule } from '../answers/alert-rule.answer.js';
import { MOST_RULES, TooManyRules } from './rule-errors.js';
import { RuleStore } from './rule-store.port.js';
import { viewOf } from './rule-views.js';

/** Makes a rule. Only this result and that of RenewSecretCommand hold its signing secret. */
export class CreateRuleCommand extends Command<CreatedAlertRule> {
  constructor(readonly rule: AlertRule) {
    super();
  }
}

@CommandHandler(CreateRuleCommand)
export class CreateRuleHandler implements ICommandHandler<CreateRuleCommand> {
  constructor(
    private readonly store: RuleStore,
    private readonly clock: Clock,
  ) {}

  /** @throws {TooManyRules} */
  async execute({ rule }: CreateRuleCommand): Promise<CreatedAlertRule> {
    const now = this.clock.now();
    const secret = mintSigningSecret();
    const stored = await this.store.add({ id: v7({ msecs: now }), rule, secret }, now, MOST_RULES);
    if (stored === null) throw new TooManyRules();
    return { ...viewOf(stored, true), secret };
  }
}
