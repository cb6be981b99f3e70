import { setImmediate } from 'node:timers/promises';

/** Longest time for which such work keeps others from their turn, however many pieces of it follow each other. */
const LONGEST_TURN_MS = 20;

/** When the turn of the event loop that runs has been long enough; null: nothing was done in turns in this one yet. */
let turnEnds: number | null = null;

/**
 * The outcome of work that says where it may be interrupted, at least every few milliseconds: others have their turn in between,
 * however long it takes.
 *
 * @throws the signal's reason, when it aborts before the work is done
 */
export async function inTurns<T>(work: Iterator<unknown, T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    if (turnIsOver()) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    const step = work.next();
    if (step.done) return step.value;
  }
}

function turnIsOver(): boolean {
  if (turnEnds === null) {
    turnEnds = performance.now() + LONGEST_TURN_MS;
    void setImmediate().then(() => (turnEnds = null));
  }
  return performance.now() >= turnEnds;
}
