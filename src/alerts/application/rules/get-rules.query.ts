import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { AlertRuleList } from '../answers/alert-rule.answer.js';
import { RuleStore } from './rule-store.port.js';
import { viewOf } from './rule-views.js';

export class GetRulesQuery extends Query<AlertRuleList> {
  /** @param whole whether the addresses of webhooks are shown */
  constructor(readonly whole: boolean) {
    super();
  }
}

@QueryHandler(GetRulesQuery)
export class GetRulesHandler implements IQueryHandler<GetRulesQuery> {
  constructor(private readonly store: RuleStore) {}

  async execute({ whole }: GetRulesQuery): Promise<AlertRuleList> {
    return { rules: (await this.store.list()).map((stored) => viewOf(stored, whole)) };
  }
}
