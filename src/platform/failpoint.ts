/**
 * Places where a fault test makes this process misbehave, each between two steps whose order is a promise (DESIGN §3).
 * Inert unless FAILPOINT names one: then a point costs a comparison, once a batch.
 */
export const FAILPOINTS = [
  'after_receive', // a batch came from the broker, nothing is done with it
  'after_parse', // validated and identified, not handed to the store
  'before_begin', // taken from the store's queue, a connection in hand
  'in_partition_making', // the week's table is made and not attached
  'after_identities', // in the transaction, between identities and facts
  'after_facts', // in the transaction, between facts and projections
  'before_commit',
  'after_commit', // committed, nobody told
  'before_dead_letters', // facts committed, dead letters of the batch not written
  'in_dead_letter_write',
  'before_acknowledge', // all in the database, the broker not told
  'in_acknowledge_burst', // half of a batch's acknowledgements sent
  'before_http_answer', // committed, the HTTP caller not told
  'in_drain', // SIGTERM came, work is in flight
] as const;
export type FailpointName = (typeof FAILPOINTS)[number];

/** `exit`: SIGKILL to itself. `stall`: never goes on. `error`: fails as a serialisation conflict does, so it is tried again. */
export const FAILPOINT_ACTIONS = ['exit', 'stall', 'error'] as const;

/** Where an error stands for one of PostgreSQL: elsewhere nothing fails that could be tried again. */
const CAN_FAIL: ReadonlySet<FailpointName> = new Set([
  'before_begin',
  'in_partition_making',
  'after_identities',
  'after_facts',
  'before_commit',
  'after_commit',
  'in_dead_letter_write',
]);

export interface Failpoint {
  readonly name: FailpointName;
  readonly action: (typeof FAILPOINT_ACTIONS)[number];
  /** It acts once, the n-th time it is reached, ≥ 1. */
  readonly nth: number;
}

/** What `error` throws; its SQLSTATE puts it among the transient ones. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
  readonly code = '40001';
}

let armed: Failpoint | null = null;
let reached = 0;

/** @param text `name:action` or `name:action:nth`. @throws Error saying what it should be */
export function parseFailpoint(text: string): Failpoint {
  const [, name, action, nth = '1'] = /^(\w+):(\w+)(?::([1-9]\d{0,8}))?$/.exec(text) ?? [];
  const known = FAILPOINTS.find((candidate) => candidate === name);
  const doing = FAILPOINT_ACTIONS.find((candidate) => candidate === action);
  if (known === undefined || doing === undefined) {
    throw new Error(`name:action or name:action:nth, of ${FAILPOINTS.join(', ')} and ${FAILPOINT_ACTIONS.join(', ')}`);
  }
  if (doing === 'error' && !CAN_FAIL.has(known)) throw new Error(`exit or stall at ${known}`);
  return { name: known, action: doing, nth: Number(nth) };
}

/** Once, at start; null disarms. */
export function armFailpoint(failpoint: Failpoint | null): void {
  armed = failpoint;
  reached = 0;
}

/** Whether to go the slow way past this point: where `failpoint` needs steps apart that otherwise go together. */
export const isArmed = (name: FailpointName): boolean => armed !== null && armed.name === name;

/** @returns null in all but one case, so that callers need not yield: `const fault = failpoint(…); if (fault) await fault`. */
export function failpoint(name: FailpointName): Promise<void> | null {
  if (armed === null || armed.name !== name) return null;
  reached += 1;
  if (reached !== armed.nth) return null;
  if (armed.action === 'error') return Promise.reject(new InjectedFault(`failpoint ${name}`));
  if (armed.action === 'exit') process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}
