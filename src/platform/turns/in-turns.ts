/** Longest time for which such work keeps others from their turn, however many pieces of it follow each other. */
const LONGEST_TURN_MS = 20;

/** When the turn of the event loop that runs has been long enough; null: nothing was done in turns in this one yet. */
let turnEnds: number | null = null;

/** Works that go on in a later turn. Those that have waited longest go on first, and one in each turn goes on in any case. */
const waiting: (() => void)[] = [];
let isLettingIn = false;

/**
 * The outcome of work that says where it may be interrupted, at least every few milliseconds: others have their turn in between,
 * however long it takes, and however many such works there are.
 *
 * @throws the signal's reason, when it aborts before the work is done
 */
export async function inTurns<T>(work: Iterator<unknown, T>, signal?: AbortSignal): Promise<T> {
  try {
    for (;;) {
      if (turnIsOver()) {
        await laterTurn();
        signal?.throwIfAborted();
      }
      const step = work.next();
      if (step.done) return step.value;
    }
  } finally {
    if (!turnIsOver()) waiting.shift()?.();
  }
}

function turnIsOver(): boolean {
  if (turnEnds === null) {
    turnEnds = performance.now() + LONGEST_TURN_MS;
    setImmediate(() => (turnEnds = null));
  }
  return performance.now() >= turnEnds;
}

function laterTurn(): Promise<void> {
  return new Promise((goOn) => {
    waiting.push(goOn);
    letInLater();
  });
}

/** Lets one work in, in each turn for as long as any waits. */
function letInLater(): void {
  if (isLettingIn) return;
  isLettingIn = true;
  setImmediate(() => {
    isLettingIn = false;
    waiting.shift()?.();
    if (waiting.length > 0) letInLater();
  });
}
