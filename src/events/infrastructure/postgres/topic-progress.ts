interface Report {
  readonly topic: string;
  /** Latest publish time that is committed, epoch milliseconds; null before the first commit. */
  readonly publishedUntil: number | null;
  /** The longest way from publish to commit since the report before; what is not committed counts with its age. */
  readonly lagMs: number;
  readonly problem: string | null;
}

/** How far this process is with one topic. */
export class TopicProgress {
  /** Earliest publish time of each batch that was received and is not committed. */
  private readonly open = new Set<{ readonly earliest: number }>();
  private publishedUntil: number | null = null;
  /** A backlog shows here also in the instant between two batches. */
  private longestWay = 0;

  constructor(
    private readonly topic: string,
    private readonly problem: () => string | null,
  ) {}

  /** @param publishedAt of the messages of a batch. @returns to be called when they are in the database. */
  begin(publishedAt: readonly number[]): (now: number) => void {
    const batch = { earliest: publishedAt.reduce((a, b) => Math.min(a, b), Infinity) };
    this.open.add(batch);
    return (now) => {
      this.open.delete(batch);
      this.longestWay = Math.max(this.longestWay, now - batch.earliest);
      this.publishedUntil = publishedAt.reduce((a, b) => Math.max(a, b), this.publishedUntil ?? -Infinity);
    };
  }

  report(now: number): Report {
    const ages = [...this.open].map(({ earliest }) => now - earliest);
    const lagMs = Math.max(0, this.longestWay, ...ages);
    this.longestWay = 0;
    return { topic: this.topic, publishedUntil: this.publishedUntil, lagMs, problem: this.problem() };
  }
}
