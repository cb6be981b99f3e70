import { BrokenRule } from '../../../platform/broken-rule.js';

/** Each rule is judged within a turn of 15 s, and may have a notice under way. */
export const MOST_RULES = 500;

export class UnknownRule extends BrokenRule {
  override readonly name = 'UnknownRule';
  constructor(id: string) {
    super(404, 'alert_rule_not_found', `There is no alert rule ${id}: GET /alerts/rules lists them.`);
  }
}

export class RuleOfFile extends BrokenRule {
  override readonly name = 'RuleOfFile';
  constructor(id: string) {
    super(409, 'alert_rule_of_file', `The alert rule ${id} stands in ALERTS_FILE: change it there.`);
  }
}

export class TooManyRules extends BrokenRule {
  override readonly name = 'TooManyRules';
  constructor() {
    super(409, 'too_many_alert_rules', `There are ${MOST_RULES} alert rules already: delete one first.`);
  }
}
