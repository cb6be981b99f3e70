import { Abandoned, UpstreamFailure } from './upstream-failure.js';

/** The time that a call has. It ends by the clock, or because nobody waits any longer. */
export class Deadline {
  private readonly ending = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly endsAt: number;
  private readonly abandon: () => void;

  constructor(
    ms: number,
    private readonly closed: AbortSignal,
  ) {
    this.endsAt = performance.now() + ms;
    const late = () => new UpstreamFailure('timeout', `no whole answer within ${Math.round(ms)} ms`);
    this.timer = setTimeout(() => this.ending.abort(late()), ms);
    this.abandon = () => this.ending.abort(new Abandoned('nobody waits any longer', { cause: closed.reason }));
    if (closed.aborted) this.abandon();
    else closed.addEventListener('abort', this.abandon, { once: true });
  }

  /** Its reason is an `UpstreamFailure`, or `Abandoned`. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  get leftMs(): number {
    return this.endsAt - performance.now();
  }

  /** It must be called when the call has ended. */
  clear(): void {
    clearTimeout(this.timer);
    this.closed.removeEventListener('abort', this.abandon);
  }
}
