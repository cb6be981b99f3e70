import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  DelegateBackoff,
  halfJitterGenerator,
  handleWhen,
  retry,
} from 'cockatiel';
import type { Dispatcher } from 'undici';
import type { Caller } from '../../application/caller.js';
import type { UpstreamName } from '../../domain/upstream.js';
import { untilAborted } from '../../../platform/until-aborted.js';
import { Deadline } from './deadline.js';
import { exchange, type UpstreamRequest } from './exchange/exchange.js';
import type { AnswerBodies, Reading } from './exchange/answer-body.js';
import { RetryBudget } from './retry-budget.js';
import type { BreakerState, UpstreamFigures } from './upstream-figures.js';
import { Abandoned, UpstreamFailure } from './upstream-failure.js';

/** So many failures in a row open the breaker. */
const OPENS_AFTER = 10;
const LONGEST_BACKOFF_MS = 30_000;

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
};

export interface UpstreamSettings {
  readonly name: UpstreamName;
  /** The path of the service's address. Other paths are appended to it. */
  readonly basePath: string;
  /** The time of the whole call. */
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly retryDelayMs: number;
  readonly breakerMs: number;
}

export interface UpstreamParts {
  readonly dispatcher: Dispatcher;
  readonly bodies: AnswerBodies;
  readonly figures: UpstreamFigures;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** How a call ended. */
export interface Ended<Value> {
  readonly value: Value | UpstreamFailure;
  readonly attempts: number;
  readonly ms: number;
}

/**
 * One service: attempts within the time that a call has, further ones within a budget, and none while it has failed too often.
 *
 * | state of the breaker | an attempt | becomes |
 * | --- | --- | --- |
 * | closed | is made | open after 10 failures in a row |
 * | open | is not made: `breaker_open` | half open with the first attempt after UPSTREAM_BREAKER_MS, which is made |
 * | half open | is not made | closed when that one succeeds, else open |
 */
export class Upstream {
  private readonly budget = new RetryBudget();
  private readonly breaker;

  constructor(
    private readonly settings: UpstreamSettings,
    private readonly parts: UpstreamParts,
  ) {
    const counts = (error: unknown) =>
      error instanceof UpstreamFailure
        ? error.counted
        : // An attempt that nobody waited for says nothing, so it must not close the breaker either.
          error instanceof Abandoned && this.breaker.state === CircuitState.HalfOpen;
    this.breaker = circuitBreaker(handleWhen(counts), {
      halfOpenAfter: settings.breakerMs,
      breaker: new ConsecutiveBreaker(OPENS_AFTER),
    });
    parts.figures.watch(settings.name, () => ({
      breaker: STATES[this.breaker.state],
      retriesLeft: this.budget.left,
    }));
  }

  /** It ends by the deadline. @throws {Abandoned} */
  async call<Value>(
    request: UpstreamRequest,
    caller: Caller,
    reading: Reading<Value>,
    closed: AbortSignal,
  ): Promise<Ended<Value>> {
    const begun = performance.now();
    const deadline = new Deadline(this.settings.timeoutMs, closed);
    let attempts = 0;
    const attempt = async () => {
      const value = await this.guarded(() => {
        attempts += 1;
        return this.attempt(request, caller, reading, deadline.signal);
      });
      this.budget.succeeded();
      return value;
    };
    const retrying = this.retrying(deadline, () => attempts);
    const value = await untilAborted(retrying.execute(attempt, deadline.signal), deadline.signal)
      .catch(failureIn)
      .finally(() => deadline.clear());
    return { value, attempts, ms: performance.now() - begun };
  }

  /** Makes one attempt, which the breaker neither prevents nor counts. @throws {UpstreamFailure} @throws {Abandoned} */
  async probe<Value>(
    request: UpstreamRequest,
    caller: Caller,
    reading: Reading<Value>,
    closed: AbortSignal,
    timeoutMs: number,
  ): Promise<Value> {
    const deadline = new Deadline(timeoutMs, closed);
    return this.attempt(request, caller, reading, deadline.signal).finally(() => deadline.clear());
  }

  private async attempt<Value>(
    request: UpstreamRequest,
    caller: Caller,
    reading: Reading<Value>,
    signal: AbortSignal,
  ): Promise<Value> {
    const { dispatcher, bodies, figures, now } = this.parts;
    const begun = performance.now();
    const ended = (outcome: Parameters<UpstreamFigures['attempted']>[1]) =>
      figures.attempted(this.settings.name, outcome, performance.now() - begun);
    try {
      const whole = { ...request, path: this.settings.basePath + request.path };
      const value = await exchange(dispatcher, whole, caller, { bodies, reading, now, signal });
      ended('ok');
      return value;
    } catch (error) {
      ended(error instanceof UpstreamFailure ? error.reason : 'abandoned');
      throw error;
    }
  }

  private async guarded<Value>(attempt: () => Promise<Value>): Promise<Value> {
    // The library would let other callers wait for the probe, for as long as that takes.
    if (this.breaker.state === CircuitState.HalfOpen) throw leftAlone();
    try {
      return await this.breaker.execute(attempt);
    } catch (error) {
      throw error instanceof BrokenCircuitError ? leftAlone() : error;
    }
  }

  /** A wait that would end after the deadline is not begun. So the answer comes sooner, and says what is wrong. */
  private retrying(deadline: Deadline, attempted: () => number) {
    const { attempts, retryDelayMs } = this.settings;
    let waitMs = 0;
    const again = (error: unknown) => {
      if (!(error instanceof UpstreamFailure) || !error.retried || attempted() >= attempts) return false;
      if (this.breaker.state !== CircuitState.Closed) return false;
      const [backoffMs] = halfJitterGenerator(attempted() - 1, {
        generator: halfJitterGenerator,
        initialDelay: retryDelayMs,
        maxDelay: LONGEST_BACKOFF_MS,
        exponent: 2,
      });
      waitMs = Math.max(backoffMs, error.retryAfterMs);
      return waitMs < deadline.leftMs && this.budget.take();
    };
    const backoff = new DelegateBackoff(() => waitMs);
    return retry(handleWhen(again), { maxAttempts: attempts - 1, backoff });
  }
}

const leftAlone = () =>
  new UpstreamFailure('breaker_open', 'it failed 10 times in a row and is left alone for a while', { counted: false });

function failureIn(error: unknown): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  throw error;
}
