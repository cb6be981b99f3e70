import { Overloaded } from '../overloaded.js';

export interface LaneBounds {
  /** The work that the lane is for, as a client may read it. */
  readonly of: string;
  readonly atOnce: number;
  /** How many more may wait. */
  readonly waiting: number;
  /** Longest wait, milliseconds. */
  readonly patienceMs: number;
}

interface Waiting {
  readonly begin: () => void;
  readonly refuse: (reason: Error) => void;
}

/** Lets so many work at once, first come first served. A bounded number waits for a bounded time, and whoever comes beyond that is told at once. */
export class Lane {
  private busy = 0;
  private readonly queue = new Set<Waiting>();

  constructor(private readonly bounds: LaneBounds) {}

  /** @throws {Overloaded} @throws the signal's reason, when it aborts before the work begins */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.busy < this.bounds.atOnce) this.busy += 1;
    else await this.turn(signal);
    try {
      return await work();
    } finally {
      const [next] = this.queue;
      if (next) next.begin();
      else this.busy -= 1;
    }
  }

  /** Resolves with the place of one who has ended. */
  private turn(signal?: AbortSignal): Promise<void> {
    const { of, waiting, patienceMs } = this.bounds;
    const overloaded = () =>
      new Overloaded(`More ${of} are asked for at once than there is room for: ask again shortly.`);
    if (this.queue.size >= waiting) return Promise.reject(overloaded());
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.queue.delete(one);
        clearTimeout(patience);
        signal?.removeEventListener('abort', abort);
      };
      const one: Waiting = {
        begin: () => {
          leave();
          resolve();
        },
        refuse: (reason) => {
          leave();
          reject(reason);
        },
      };
      const abort = () => one.refuse(signal?.reason as Error);
      const patience = setTimeout(() => one.refuse(overloaded()), patienceMs).unref();
      signal?.addEventListener('abort', abort);
      this.queue.add(one);
    });
  }
}
