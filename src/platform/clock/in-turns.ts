import { setImmediate } from 'node:timers/promises';

/** Longest time for which one piece of work keeps others from their turn. */
const LONGEST_TURN_MS = 20;

/**
 * The outcome of work that says where it may be interrupted, at least every few milliseconds: others have their turn in between,
 * however long it takes.
 *
 * @throws the signal's reason, when it aborts before the work is done
 */
export async function inTurns<T>(work: Iterator<unknown, T>, signal?: AbortSignal): Promise<T> {
  let turnEnds = performance.now() + LONGEST_TURN_MS;
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() < turnEnds) continue;
    await setImmediate();
    signal?.throwIfAborted();
    turnEnds = performance.now() + LONGEST_TURN_MS;
  }
}
