import type { BrokerAddress, LateAddress } from './late-address.js';
import {
  MessageBroker,
  Publisher,
  Subscription,
  type ConnectionState,
  type OutgoingMessage,
  type ReceivedMessage,
  type SubscriptionOptions,
  type SubscriptionPosition,
} from '../message-broker.port.js';

type Open = (address: BrokerAddress) => Promise<MessageBroker>;

/** A broker whose address becomes known later: until then as an absent one, from then on what was subscribed before connects. */
export class LateBroker extends MessageBroker {
  private opened: MessageBroker | null = null;
  private closed = false;
  private readonly waiting: ((broker: MessageBroker) => void)[] = [];

  constructor(
    private readonly address: LateAddress,
    open: Open,
  ) {
    super();
    void address.known.then((known) => this.open(known, open));
  }

  get client(): MessageBroker['client'] {
    return this.opened?.client ?? 'none';
  }

  override get absence(): string | null {
    return this.opened === null ? this.address.reason : null;
  }

  override oncePresent(callback: () => void): void {
    this.once(callback);
  }

  subscribe(options: SubscriptionOptions): Subscription {
    if (this.opened !== null) return this.opened.subscribe(options);
    const subscription = new LateSubscription(() => this.address.reason);
    this.once((broker) => subscription.connect(() => broker.subscribe(options)));
    return subscription;
  }

  createPublisher(topic: string): Publisher {
    if (this.opened !== null) return this.opened.createPublisher(topic);
    return new LatePublisher(() => this.opened?.createPublisher(topic) ?? this.address.reason);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.opened?.close();
  }

  private once(callback: (broker: MessageBroker) => void): void {
    if (this.opened !== null) callback(this.opened);
    else this.waiting.push(callback);
  }

  private async open(address: BrokerAddress, open: Open): Promise<void> {
    let broker: MessageBroker;
    try {
      broker = await open(address);
    } catch (error) {
      this.address.explain((error as Error).message); // what is configured beside the address: only a restart reads it anew
      return;
    }
    if (this.closed) return broker.close();
    this.opened = broker;
    for (const callback of this.waiting.splice(0)) callback(broker);
  }
}

class LateSubscription extends Subscription {
  private inner: Subscription | null = null;
  private closed = false;
  private wake!: () => void;
  /** Connected or closed. */
  private readonly decided = new Promise<void>((resolve) => (this.wake = resolve));

  constructor(private readonly reason: () => string) {
    super();
  }

  connect(subscribe: () => Subscription): void {
    if (this.closed) return;
    this.inner = subscribe();
    this.wake();
  }

  async receive(): Promise<ReceivedMessage[]> {
    await this.decided;
    return this.inner === null ? [] : this.inner.receive();
  }

  async acknowledge(messages: readonly ReceivedMessage[]): Promise<void> {
    await this.inner?.acknowledge(messages);
  }

  state(): ConnectionState {
    return this.inner?.state() ?? { connected: false, reason: this.reason() };
  }

  async positions(): Promise<readonly SubscriptionPosition[]> {
    if (this.inner === null) throw new Error(this.reason());
    return this.inner.positions();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake();
    await this.inner?.close();
  }
}

class LatePublisher extends Publisher {
  private inner: Publisher | null = null;

  /** @param create the publisher, or why there is no broker to publish to */
  constructor(private readonly create: () => Publisher | string) {
    super();
  }

  async publish(message: OutgoingMessage): Promise<string> {
    if (this.inner === null) {
      const created = this.create();
      if (typeof created === 'string') throw new Error(`Pulsar is off: ${created}`);
      this.inner = created;
    }
    return this.inner.publish(message);
  }

  async close(): Promise<void> {
    await this.inner?.close();
  }
}
