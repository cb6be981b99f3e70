import { AdminApi } from '../admin/admin-api.js';
import { resolveServiceAddress } from '../service-address.js';
import { loadDecompression } from './codec/decompress.js';
import { BrokerDirectory, type DirectoryOptions } from './connection/broker-directory.js';
import { ChunkMemory } from './consumer/chunked-messages.js';
import { DirectSubscription } from './consumer/direct-subscription.js';
import { MessageBroker, type Publisher, type Subscription, type SubscriptionOptions } from '../message-broker.port.js';
import { DirectPublisher } from './publisher/direct-publisher.js';

export interface DirectBrokerOptions extends DirectoryOptions {
  /** The broker's HTTP address; default: the same host, 8080 (8443 with TLS). */
  readonly webUrl?: string | null;
  /** Milliseconds between questions for new partitions of a topic. Default 60,000. */
  readonly growthCheckMs?: number;
}

/** Pulsar by its own binary protocol, spoken here: no native code, and a tenth of the WebSocket service's work for the broker. */
export class DirectBroker extends MessageBroker {
  readonly client = 'direct';
  private readonly directory: BrokerDirectory;
  private readonly chunkMemory = new ChunkMemory();
  /** The protocol says nothing of messages that wait for their time. */
  private readonly admin: AdminApi;
  private readonly opened: { close(): Promise<void> }[] = [];

  private constructor(private readonly options: DirectBrokerOptions) {
    super();
    this.directory = new BrokerDirectory(options);
    this.admin = new AdminApi({ ...options, url: resolveServiceAddress(options).adminUrl });
  }

  /** @throws Error when the address is malformed */
  static async open(options: DirectBrokerOptions): Promise<DirectBroker> {
    await loadDecompression();
    return new DirectBroker(options);
  }

  subscribe(options: SubscriptionOptions): Subscription {
    const { growthCheckMs = 60_000 } = this.options;
    const subscription = new DirectSubscription(this.directory, options, this.chunkMemory, growthCheckMs, this.admin);
    this.opened.push(subscription);
    return subscription;
  }

  createPublisher(topic: string): Publisher {
    const publisher = new DirectPublisher(this.directory, topic);
    this.opened.push(publisher);
    return publisher;
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((each) => each.close()));
    this.admin.close();
  }
}
