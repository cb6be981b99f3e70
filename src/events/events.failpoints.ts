import { MAY_FAIL, NEVER_FAILS, pointsOf, type Failpoints } from '../platform/failpoint.js';

export const EVENTS_FAILPOINTS = {
  after_receive: NEVER_FAILS, // a batch came from the broker, nothing is done with it
  after_parse: NEVER_FAILS, // validated and identified, not handed to the store
  before_begin: MAY_FAIL, // taken from the store's queue, a connection in hand
  in_partition_making: MAY_FAIL, // the week's table is made and not attached
  after_identities: MAY_FAIL, // in the transaction, between identities and facts
  after_facts: MAY_FAIL, // in the transaction, between facts and projections
  before_commit: MAY_FAIL,
  after_commit: MAY_FAIL, // committed, nobody told
  before_dead_letters: NEVER_FAILS, // facts committed, dead letters of the batch not written
  before_acknowledge: NEVER_FAILS, // all in the database, the broker not told
  before_http_answer: NEVER_FAILS, // committed, the HTTP caller not told
  in_drain: NEVER_FAILS, // SIGTERM came, work is in flight
} as const satisfies Failpoints;
export type EventsFailpoint = keyof typeof EVENTS_FAILPOINTS;

export const { failpoint, isArmed } = pointsOf(EVENTS_FAILPOINTS);
