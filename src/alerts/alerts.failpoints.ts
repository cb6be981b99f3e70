import { MAY_FAIL, NEVER_FAILS, pointsOf, type Failpoints } from '../platform/failpoint.js';

export const ALERTS_FAILPOINTS = {
  in_alert_turn: NEVER_FAILS, // a turn is claimed, no rule judged
  before_alert_commit: MAY_FAIL, // state and notification written, not committed
  after_alert_sent: NEVER_FAILS, // the webhook has it, nobody noted that
} as const satisfies Failpoints;

export const { failpoint } = pointsOf(ALERTS_FAILPOINTS);
