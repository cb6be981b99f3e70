import type { ReceivedMessage, Subscription } from '../../../../platform/pulsar/message-broker.port.js';
import type { TopicReport } from '../../../application/consumer-progress.port.js';
import { MessagesInHand } from './messages-in-hand.js';
import { TopicLag } from './topic-lag.js';

const EVERY_MS = 1_000;

/** Asks once a second how far the subscription of a topic is. */
export class TopicWatch {
  private readonly inHand = new MessagesInHand();
  private readonly lag = new TopicLag(this.inHand);
  private timer: NodeJS.Timeout | null = null;
  private asking: Promise<void> | null = null;

  constructor(private readonly subscription: Pick<Subscription, 'positions'>) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), EVERY_MS).unref();
    void this.look();
  }

  /** @returns a function to be called when the messages are in the database */
  begin(messages: readonly ReceivedMessage[]): () => void {
    return this.inHand.begin(messages);
  }

  report(): Omit<TopicReport, 'problem'> {
    return this.lag.at(performance.now());
  }

  /** One question, unless the one before has no answer yet. Never rejects. */
  look(): Promise<void> {
    return (this.asking ??= this.ask().finally(() => (this.asking = null)));
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async ask(): Promise<void> {
    const askedAt = performance.now();
    try {
      this.lag.tell(askedAt, await this.subscription.positions());
    } catch (error) {
      this.lag.lose(error instanceof Error ? error.message : String(error));
    }
  }
}
