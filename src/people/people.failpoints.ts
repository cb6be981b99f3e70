import { MAY_FAIL, NEVER_FAILS, pointsOf, type Failpoints } from '../platform/failpoint.js';

export const PEOPLE_FAILPOINTS = {
  after_erasure_noted: NEVER_FAILS, // in the log, nothing erased
  in_erasure_portion: MAY_FAIL, // in the transaction, facts without their person, identities with their fingerprints
  after_erasure_portion: NEVER_FAILS, // a portion is committed, others wait
  before_erasure_done: MAY_FAIL, // nothing is left, and nobody noted that
} as const satisfies Failpoints;

export const { failpoint } = pointsOf(PEOPLE_FAILPOINTS);
