export interface Vote {
  readonly event_id: string;
  readonly type: 'cheers' | 'hate';
}

/** The storage that keeps votes over a reload. */
export interface Store {
  read(): readonly Vote[];
  write(votes: readonly Vote[]): void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
const AT_ONCE = 4;

/** Votes that the service has not confirmed; each is sent again under its own id, so that it counts once. */
export class VoteQueue {
  private waiting: Vote[];
  private readonly sending = new Set<Vote>();
  private waitMs = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;

  /** @param send answers whether the service has it, or will never take it */
  constructor(
    private readonly send: (vote: Vote) => Promise<boolean>,
    private readonly store: Store,
    private readonly changed: () => void,
  ) {
    this.waiting = [...store.read()];
  }

  get length(): number {
    return this.waiting.length;
  }

  /** Whether the last one that was tried was not taken. */
  get failing(): boolean {
    return this.waitMs > 0;
  }

  add(vote: Vote): void {
    this.waiting.push(vote);
    this.store.write(this.waiting);
    this.changed();
    this.go();
  }

  go(): void {
    if (this.timer !== null) return;
    for (const vote of this.waiting) {
      // One at a time tries whether the service is there again.
      if (this.sending.size >= (this.failing ? 1 : AT_ONCE)) return;
      if (!this.sending.has(vote)) void this.try(vote);
    }
  }

  private async try(vote: Vote): Promise<void> {
    this.sending.add(vote);
    const taken = await this.send(vote);
    this.sending.delete(vote);
    if (taken) {
      this.waiting = this.waiting.filter((one) => one !== vote);
      this.store.write(this.waiting);
      this.waitMs = 0;
      this.changed();
      return this.go();
    }
    this.waitMs = Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, this.waitMs * 2));
    this.changed();
    this.timer ??= setTimeout(
      () => {
        this.timer = null;
        this.go();
      },
      this.waitMs * (0.5 + Math.random() / 2),
    );
  }
}
