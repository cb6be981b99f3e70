import {
  MessageBroker,
  Publisher,
  Subscription,
  type ConnectionState,
  type ReceivedMessage,
  type SubscriptionPosition,
} from '../message-broker.port.js';

/** Stands in the place of a broker when there is none to connect to. HTTP is served, and `/health` says what is missing. */
export class AbsentBroker extends MessageBroker {
  readonly client = 'none';

  constructor(private readonly reason: string) {
    super();
  }

  override get absence(): string {
    return this.reason;
  }

  override oncePresent(): void {}

  subscribe(): Subscription {
    return new AbsentSubscription(this.reason);
  }

  createPublisher(): Publisher {
    throw new Error(`Pulsar is off: ${this.reason}`);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class AbsentSubscription extends Subscription {
  private answerReceive: (messages: ReceivedMessage[]) => void = () => {};
  private readonly closed = new Promise<ReceivedMessage[]>((resolve) => (this.answerReceive = resolve));

  constructor(private readonly reason: string) {
    super();
  }

  receive(): Promise<ReceivedMessage[]> {
    return this.closed;
  }

  acknowledge(): Promise<void> {
    return Promise.resolve();
  }

  state(): ConnectionState {
    return { connected: false, reason: this.reason };
  }

  positions(): Promise<readonly SubscriptionPosition[]> {
    return Promise.reject(new Error(this.reason));
  }

  close(): Promise<void> {
    this.answerReceive([]);
    return Promise.resolve();
  }
}
