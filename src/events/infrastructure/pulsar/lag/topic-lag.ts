import type { SubscriptionPosition } from '../../../../platform/pulsar/message-broker.port.js';
import type { TopicReport } from '../../../application/consumer-progress.port.js';
import type { MessagesInHand } from './messages-in-hand.js';
import { PartitionLag } from './partition-lag.js';

/** If there is no answer for so long, the lag is not known any more. */
export const BLIND_AFTER_MS = 10_000;

/** Java's clients, so the WebSocket service, look once a minute whether a topic has more partitions. */
export const FOUND_WITHIN_MS = 60_000;

type Lag = Omit<TopicReport, 'problem'>;

/** How far a subscription is behind a topic: its partition that is furthest behind. */
export class TopicLag {
  private readonly partitions = new Map<number, PartitionLag>();
  private answeredAt: number | null = null;
  /** Why the last question had no answer. */
  private unanswered: string | null = null;

  constructor(private readonly inHand: MessagesInHand) {}

  /** @param askedAt when the question was sent, milliseconds of a clock that only goes forward. */
  tell(askedAt: number, positions: readonly SubscriptionPosition[]): void {
    this.answeredAt = askedAt;
    this.unanswered = null;
    for (const partition of this.partitions.keys())
      if (!positions.some((position) => position.partition === partition)) this.partitions.delete(partition);
    const isFirst = this.partitions.size === 0;
    for (const position of positions) {
      const lag =
        this.partitions.get(position.partition) ?? new PartitionLag(isFirst ? undefined : askedAt + FOUND_WITHIN_MS);
      this.partitions.set(position.partition, lag);
      lag.tell(askedAt, position, this.inHand.of(position.partition));
    }
  }

  /** @param reason in words for an operator. */
  lose(reason: string): void {
    this.unanswered = reason;
    for (const lag of this.partitions.values()) lag.lose();
  }

  at(now: number): Lag {
    const blind = this.answeredAt === null || now - this.answeredAt > BLIND_AFTER_MS;
    if (blind) return { lagMs: null, delayed: 0, stillMs: null, terminated: [], unseen: this.unanswered };
    const all = [...this.partitions.values()];
    const lags = all.map((lag) => lag.lagMs(now));
    return {
      lagMs: lags.some((lag) => lag === null) ? null : Math.round(Math.max(0, ...lags.map(Number))),
      delayed: Number(all.reduce((sum, { delayed }) => sum + delayed, 0n)),
      stillMs: Math.round(Math.max(0, ...all.map((lag) => lag.stillMs(now)))),
      terminated: [...this.partitions].flatMap(([partition, { terminated }]) => (terminated ? [partition] : [])),
      unseen: null,
    };
  }
}
