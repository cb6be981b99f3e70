import { Injectable } from '@nestjs/common';
import { topicOf } from '../../../events/application/topic-of.js';
import { Config } from '../../../platform/config/config.js';
import { Overloaded } from '../../../platform/overloaded.js';
import { MessageBroker, type Publisher } from '../../../platform/pulsar/message-broker.port.js';
import { VoteNotTaken, Votes } from '../../application/votes.port.js';

/** A person waits for the answer. */
const PATIENCE_MS = 5_000;
/** A vote has some hundred bytes, and while the broker is away a crowd goes on pressing. */
const MAX_WAITING = 10_000;

/** Publishes to the topic of clicks, over the service's own connection to the broker. */
@Injectable()
export class PulsarVotes extends Votes {
  private publisher: Publisher | null = null;
  private waiting = 0;

  constructor(
    private readonly broker: MessageBroker,
    private readonly config: Config,
  ) {
    super();
  }

  /** @throws {VoteNotTaken} @throws {Overloaded} */
  async publish(payload: Buffer): Promise<void> {
    if (this.waiting >= MAX_WAITING) throw new Overloaded('More votes wait for the broker than there is room for.');
    let outOfPatience: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      const say = () => reject(new Error(`Pulsar did not confirm the vote within ${PATIENCE_MS} ms`));
      outOfPatience = setTimeout(say, PATIENCE_MS);
    });
    try {
      await Promise.race([this.send(payload), tooLate]);
    } catch (error) {
      throw new VoteNotTaken((error as Error).message, { cause: error });
    } finally {
      clearTimeout(outOfPatience);
    }
  }

  /** The first vote makes the publisher, because most processes never get one. */
  private async send(payload: Buffer): Promise<void> {
    this.waiting += 1;
    try {
      this.publisher ??= this.broker.createPublisher(topicOf('click', this.config));
      await this.publisher.publish({ data: payload });
    } finally {
      this.waiting -= 1;
    }
  }
}
