import { MessageBroker, type Publisher, type Subscription, type SubscriptionOptions } from '../message-broker.port.js';
import { WebSocketEndpoint, type EndpointOptions } from './websocket-endpoint.js';
import { WebSocketPublisher } from './websocket-publisher.js';
import { WebSocketSubscription } from './websocket-subscription.js';

/** Pulsar through its WebSocket service: needs no native code, one socket per consumer and producer. */
export class WebSocketBroker extends MessageBroker {
  readonly client = 'websocket';
  private readonly endpoint: WebSocketEndpoint;
  private readonly opened: { close(): Promise<void> }[] = [];

  constructor(options: EndpointOptions) {
    super();
    this.endpoint = new WebSocketEndpoint(options);
  }

  subscribe(options: SubscriptionOptions): Subscription {
    const subscription = new WebSocketSubscription(this.endpoint, options);
    this.opened.push(subscription);
    return subscription;
  }

  createPublisher(topic: string): Publisher {
    const publisher = new WebSocketPublisher(this.endpoint, topic);
    this.opened.push(publisher);
    return publisher;
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((each) => each.close()));
    this.endpoint.admin.close();
  }
}
