import { Injectable } from '@nestjs/common';
import { topicOf } from '../../../events/application/topic-of.js';
import { Config } from '../../../platform/config/config.js';
import type { ComponentHealth } from '../../../platform/observability/health.answer.js';
import { Health } from '../../../platform/observability/health.js';
import { Overloaded } from '../../../platform/overloaded.js';
import { MessageBroker, type Publisher } from '../../../platform/pulsar/message-broker.port.js';
import { VoteNotTaken, Votes } from '../../application/votes.port.js';

/** A person waits for the answer. */
const PATIENCE_MS = 5_000;
/** A vote has some hundred bytes, and while the broker is away a crowd goes on pressing. */
const MAX_WAITING = 10_000;

/** A vote may fail while the broker moves a topic; so many in a row have a cause that lasts. */
const UNUSUAL_FAILURES = 3;
/** Failures of longer ago say nothing of now, and may be the last because nobody votes. */
const RECENT_MS = 60_000;

/**
 * Publishes to the topic of clicks, over the service's own connection to the broker. A broker that is well may still refuse what is
 * published (the namespace wants encrypted messages, or its quota is used up): then `/health` says so.
 */
@Injectable()
export class PulsarVotes extends Votes {
  private publisher: Publisher | null = null;
  private waiting = 0;
  private failures = 0;
  private lastFailure = { at: -Infinity, message: '' };

  constructor(
    private readonly broker: MessageBroker,
    private readonly config: Config,
    health: Health,
  ) {
    super();
    health.register({ name: 'votes', required: false, check: () => Promise.resolve(this.check()) });
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
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      this.lastFailure = { at: performance.now(), message: (error as Error).message };
      throw new VoteNotTaken((error as Error).message, { cause: error });
    } finally {
      clearTimeout(outOfPatience);
    }
  }

  private check(): ComponentHealth {
    const { at, message } = this.lastFailure;
    if (this.failures < UNUSUAL_FAILURES || performance.now() - at > RECENT_MS) return { status: 'up' };
    return { status: 'down', reason: `the broker confirmed none of the last ${this.failures} votes: ${message}` };
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
