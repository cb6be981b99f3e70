import { MAY_FAIL, NEVER_FAILS, pointsOf, type Failpoints } from '../platform/failpoint.js';

export const PEOPLE_FAILPOINTS = {
  after_erasure_noted: NEVER_FAILS, // the erasure is in the log, and nothing is erased yet
  in_erasure_portion: MAY_FAIL, // the transaction holds facts without their person, and identities with their fingerprints
  after_erasure_portion: NEVER_FAILS, // a portion is committed, and others wait
  before_erasure_done: MAY_FAIL, // nothing is left, and nobody noted that yet
} as const satisfies Failpoints;

export const { failpoint } = pointsOf(PEOPLE_FAILPOINTS);
