import { MAY_FAIL, NEVER_FAILS, pointsOf, type Failpoints } from '../platform/failpoint.js';

export const EVENTS_FAILPOINTS = {
  after_receive: NEVER_FAILS, // a batch came from the broker, and nothing is done with it yet
  after_parse: NEVER_FAILS, // the events are validated and identified, and not handed to the store yet
  before_begin: MAY_FAIL, // they are taken from the store's queue, and a connection is in hand
  in_partition_making: MAY_FAIL, // the week's table is made and not attached
  after_identities: MAY_FAIL, // the transaction is between identities and facts
  after_facts: MAY_FAIL, // the transaction is between facts and projections
  before_commit: MAY_FAIL,
  after_commit: MAY_FAIL, // the transaction is committed, and nobody was told
  before_dead_letters: NEVER_FAILS, // the facts are committed, and the dead letters of the batch are not written yet
  before_acknowledge: NEVER_FAILS, // all is in the database, and the broker was not told
  before_http_answer: NEVER_FAILS, // the transaction is committed, and the HTTP caller was not told
  in_drain: NEVER_FAILS, // SIGTERM came, and work is in flight
} as const satisfies Failpoints;
export type EventsFailpoint = keyof typeof EVENTS_FAILPOINTS;

export const { failpoint, isArmed } = pointsOf(EVENTS_FAILPOINTS);
