import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { AlertRuleView } from '../answers/alert-rule.answer.js';
import { UnknownRule } from './rule-errors.js';
import { RuleStore } from './rule-store.port.js';
import { viewOf } from './rule-views.js';

export class GetRuleQuery extends Query<AlertRuleView> {
  /** @param whole whether the address of its webhook is shown */
  constructor(
    readonly id: string,
    readonly whole: boolean,
  ) {
    super();
  }
}

@QueryHandler(GetRuleQuery)
export class GetRuleHandler implements IQueryHandler<GetRuleQuery> {
  constructor(private readonly store: RuleStore) {}

  /** @throws {UnknownRule} */
  async execute({ id, whole }: GetRuleQuery): Promise<AlertRuleView> {
    const stored = await this.store.find(id);
    if (stored === null) throw new UnknownRule(id);
    return viewOf(stored, whole);
  }
}
