import { setTimeout as delay } from 'node:timers/promises';
import { ExponentialBackoff, halfJitterGenerator, type IBackoff, type IBackoffFactory } from 'cockatiel';

/** Why a connection is not there. */
export interface ConnectionFailure {
  /** The reason, in words for an operator. */
  readonly reason: string;
  /** The broker understood and refused (400, 401, 403, 404). Only a human can change that, so it is asked less often. */
  readonly refused: boolean;
}

/** A connection that ended or could not be made, or a request that the broker refused. */
export class ConnectionError extends Error implements ConnectionFailure {
  override readonly name = 'ConnectionError';

  constructor(
    readonly reason: string,
    readonly refused = false,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

// Half jitter: never a tight loop, and still spread when many replicas have reached the cap.
const TRANSIENT = new ExponentialBackoff({ initialDelay: 200, maxDelay: 5_000, generator: halfJitterGenerator });
const REFUSED = new ExponentialBackoff({ initialDelay: 500, maxDelay: 30_000, generator: halfJitterGenerator });

/** The waits between attempts: exponential, capped at 5 s (30 s when refused), with jitter. */
export class ReconnectDelays {
  private transient: IBackoffFactory<unknown> = TRANSIENT;
  private refused: IBackoffFactory<unknown> = REFUSED;

  /** Milliseconds. */
  next(failure: ConnectionFailure): number {
    const backoff: IBackoff<unknown> = (failure.refused ? this.refused : this.transient).next(failure);
    if (failure.refused) this.refused = backoff;
    else this.transient = backoff;
    return backoff.duration;
  }

  /** Waits that long, or until the signal aborts. */
  async wait(failure: ConnectionFailure, signal: AbortSignal): Promise<void> {
    try {
      await delay(this.next(failure), undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** The connection held: the next failure starts from the shortest delay. */
  reset(): void {
    this.transient = TRANSIENT;
    this.refused = REFUSED;
  }
}
