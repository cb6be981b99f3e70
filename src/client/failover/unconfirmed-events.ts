import type { Outcome } from './outcome.js';
import type { StampedEvent } from './stamped-event.js';

interface Waiting extends StampedEvent {
  readonly resolve: (outcome: Outcome) => void;
}

/** Events that no region has confirmed, oldest first, at most so many. */
export class UnconfirmedEvents {
  private readonly waiting: Waiting[] = [];
  private watchers: { readonly most: number; readonly tell: () => void }[] = [];

  constructor(private readonly limit: number) {}

  get length(): number {
    return this.waiting.length;
  }

  get json(): readonly string[] {
    return this.waiting.map(({ json }) => json);
  }

  /** @returns its outcome; at once where the queue is full */
  add(event: StampedEvent): Promise<Outcome> {
    if (this.length >= this.limit) return Promise.resolve(dropped(event));
    return new Promise((resolve) => this.waiting.push({ ...event, resolve }));
  }

  /** The oldest ones that go into one body: one at least, or nobody would ever hear that it is too large. */
  batch(most: number, mostBytes: number): readonly StampedEvent[] {
    let bytes = 0;
    const end = this.waiting.findIndex(({ json }, at) => {
      bytes += new TextEncoder().encode(json).length + 1;
      return at > 0 && (at >= most || bytes > mostBytes);
    });
    return this.waiting.slice(0, end < 0 ? undefined : end);
  }

  /** @param outcomes of the oldest events, in their order */
  confirm(outcomes: readonly Outcome[]): void {
    this.waiting.splice(0, outcomes.length).forEach(({ resolve }, at) => resolve(outcomes[at]!));
    const reached = this.watchers.filter(({ most }) => this.length <= most);
    this.watchers = this.watchers.filter((watcher) => !reached.includes(watcher));
    for (const { tell } of reached) tell();
  }

  drop(): readonly Outcome[] {
    const outcomes = this.waiting.map(dropped);
    this.confirm(outcomes);
    return outcomes;
  }

  /** Resolves when no more than so many wait. */
  atMost(most: number): Promise<void> {
    if (this.length <= most) return Promise.resolve();
    return new Promise((tell) => this.watchers.push({ most, tell }));
  }

  /** Resolves when there is room for one more. */
  room(): Promise<void> {
    return this.atMost(this.limit - 1);
  }
}

const dropped = ({ id }: StampedEvent): Outcome => ({ event_id: id, status: 'dropped', code: null });
