import { failpoint } from '../../events.failpoints.js';
import type { ReceivedMessage, Subscription } from '../../../platform/pulsar/message-broker.port.js';

/**
 * More than one, so that a batch can be received and examined while another commits. Together with the subscription's
 * own bounds this is the back-pressure: nothing more is received while this many wait for PostgreSQL.
 */
const MAX_BATCHES_IN_FLIGHT = 4;

/**
 * One topic's way: receive a batch, settle it (recorded or dead letter), acknowledge. Under `Failover` acknowledgements
 * leave in receive order, so that a cumulative one never covers an earlier batch that is still in retry.
 */
export class TopicPipeline {
  private readonly inFlight = new Set<Promise<boolean>>();
  private earlierAcknowledged: Promise<boolean> = Promise.resolve(true);
  private stopped = false;
  private abandonedBecause: unknown = null;

  /** @param settle resolves when every message of the batch is in the database; rejects when that is given up. */
  constructor(
    private readonly subscription: Subscription,
    private readonly settle: (messages: readonly ReceivedMessage[]) => Promise<void>,
    private readonly ordered: boolean,
  ) {}

  /** Why messages were left with the broker; null while none were. */
  get abandoned(): unknown {
    return this.abandonedBecause;
  }

  /** Runs until the subscription is closed or `stop` is called. */
  async run(): Promise<void> {
    while (!this.stopped) {
      const messages = await this.subscription.receive();
      // A batch that arrives after the stop is not begun: the broker delivers it again.
      if (messages.length === 0 || this.stopped) return;
      const work = this.process(messages, this.earlierAcknowledged);
      this.earlierAcknowledged = work;
      this.inFlight.add(work);
      void work.then(() => this.inFlight.delete(work));
      if (this.inFlight.size >= MAX_BATCHES_IN_FLIGHT) await Promise.race(this.inFlight);
    }
  }

  /** Begins nothing new; resolves when all that was begun is settled and acknowledged, or given up. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.inFlight);
  }

  /** @returns whether the batch was acknowledged. Never rejects. */
  private async process(messages: readonly ReceivedMessage[], earlier: Promise<boolean>): Promise<boolean> {
    try {
      await failpoint('after_receive');
      await this.settle(messages);
    } catch (error) {
      this.abandonedBecause = error;
      this.stopped = true;
      return false;
    }
    if (this.ordered && !(await earlier)) return false;
    await failpoint('before_acknowledge');
    await this.subscription.acknowledge(messages);
    return true;
  }
}
