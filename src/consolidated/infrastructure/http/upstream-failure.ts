import type { Reason } from '../../domain/upstream.js';

interface Consequences {
  /** Whether another attempt may succeed. */
  readonly retried?: boolean;
  /** Whether it says something about the service, and not only about this caller. Then the breaker counts it. */
  readonly counted?: boolean;
  /** How long the service wants to be left alone, milliseconds. */
  readonly retryAfterMs?: number;
  /** Whether the service answers, but not to these credentials. */
  readonly wantsCredentials?: boolean;
  readonly cause?: unknown;
}

/** An attempt, or a call, that brought nothing. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly retried: boolean;
  readonly counted: boolean;
  readonly retryAfterMs: number;
  readonly wantsCredentials: boolean;

  constructor(
    readonly reason: Reason,
    /** The text is for whoever runs the services. It quotes no body, no address and no credentials. */
    message: string,
    { retried = false, counted = true, retryAfterMs = 0, wantsCredentials = false, cause }: Consequences = {},
  ) {
    super(message, { cause });
    this.retried = retried;
    this.counted = counted;
    this.retryAfterMs = retryAfterMs;
    this.wantsCredentials = wantsCredentials;
  }
}

/** The client has closed its connection, so nobody is told. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
}
