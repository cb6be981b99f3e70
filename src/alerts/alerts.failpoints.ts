import { MAY_FAIL, NEVER_FAILS, pointsOf, type Failpoints } from '../platform/failpoint.js';

export const ALERTS_FAILPOINTS = {
  in_alert_turn: NEVER_FAILS, // a turn is claimed, and no rule is judged yet
  before_alert_commit: MAY_FAIL, // state and notice are written, and not committed yet
  after_alert_sent: NEVER_FAILS, // the webhook has the notice, and nobody noted that yet
} as const satisfies Failpoints;

export const { failpoint } = pointsOf(ALERTS_FAILPOINTS);
