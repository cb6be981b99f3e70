/** `exit`: SIGKILL to itself. `stall`: never goes on. `error`: fails as a serialisation conflict does, so it is tried again. */
export const FAILPOINT_ACTIONS = ['exit', 'stall', 'error'] as const;
export type FailpointAction = (typeof FAILPOINT_ACTIONS)[number];

/** At such a place an error stands for one of PostgreSQL. */
export const MAY_FAIL: readonly FailpointAction[] = FAILPOINT_ACTIONS;
/** At this place nothing can fail that could be tried again. */
export const NEVER_FAILS: readonly FailpointAction[] = ['exit', 'stall'];

/** Places where a fault test makes this process misbehave, each between two steps whose order is a promise (docs/design.md, "The data's way"). */
export type Failpoints = Readonly<Record<string, readonly FailpointAction[]>>;

export interface Failpoint {
  readonly name: string;
  readonly action: FailpointAction;
  /** It acts once, the n-th time it is reached, ≥ 1. */
  readonly nth: number;
}

/** The error that the action `error` throws; its SQLSTATE puts it among the transient ones. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
  readonly code = '40001';
}

let armed: Failpoint | null = null;
let reached = 0;

/** Reads `name:action` or `name:action:nth`. @param known all that are declared. @throws Error saying what it should be */
export const parseFailpoint =
  (known: Failpoints) =>
  (text: string): Failpoint => {
    const [, name = '', action, nth = '1'] = /^(\w+):(\w+)(?::([1-9]\d{0,8}))?$/.exec(text) ?? [];
    const actions = Object.hasOwn(known, name) ? known[name] : undefined;
    const knownAction = FAILPOINT_ACTIONS.find((candidate) => candidate === action);
    if (actions === undefined || knownAction === undefined) {
      const names = Object.keys(known).join(', ');
      throw new Error(`name:action or name:action:nth, of ${names} and ${FAILPOINT_ACTIONS.join(', ')}`);
    }
    if (!actions.includes(knownAction)) throw new Error(`${actions.join(' or ')} at ${name}`);
    return { name, action: knownAction, nth: Number(nth) };
  };

/** Once, at start; null disarms. */
export function armFailpoint(failpoint: Failpoint | null): void {
  armed = failpoint;
  reached = 0;
}

/** A failpoint's two functions, for names of one declaration alone: a typing error does not compile. */
export interface Points<Name extends string> {
  /**
   * Inert unless FAILPOINT names it: then it costs a comparison, once a batch.
   *
   * @returns null in all but one case, so that callers need not yield: `const fault = failpoint(…); if (fault) await fault`.
   */
  readonly failpoint: (name: Name) => Promise<void> | null;
  /** Whether to go the slow way past this point: where `failpoint` needs steps apart that otherwise go together. */
  readonly isArmed: (name: Name) => boolean;
}

export const pointsOf = <Declared extends Failpoints>(_declared: Declared): Points<keyof Declared & string> => ({
  failpoint: act,
  isArmed: isArmedAt,
});

function act(name: string): Promise<void> | null {
  if (armed === null || armed.name !== name) return null;
  reached += 1;
  if (reached !== armed.nth) return null;
  if (armed.action === 'error') return Promise.reject(new InjectedFault(`failpoint ${name}`));
  if (armed.action === 'exit') process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

function isArmedAt(name: string): boolean {
  return armed !== null && armed.name === name;
}

/** The platform's own: of its broker adapters. */
export const PLATFORM_FAILPOINTS = {
  in_acknowledge_burst: NEVER_FAILS, // half of a batch's acknowledgements sent
} as const satisfies Failpoints;

export const { failpoint, isArmed } = pointsOf(PLATFORM_FAILPOINTS);
