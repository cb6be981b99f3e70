import { v7 } from 'uuid';
import { FailoverClient } from '../../../client/failover/failover-client.js';
import { topicOf } from '../../../events/application/topic-of.js';
import type { EventType } from '../../../events/domain/incoming-event.js';
import { Clock } from '../../../platform/clock/clock.js';
import { loadConfig } from '../../../platform/config/config.js';
import { createLogger } from '../../../platform/observability/logger.js';
import { brokerFor } from '../../../platform/pulsar/broker-for.js';
import type { MessageBroker, Publisher } from '../../../platform/pulsar/message-broker.port.js';
import * as catalogue from '../../../slices.js';
import { Visitors } from '../visitor.js';
import type { DemoRegion } from './demo-region.js';

const TIMEOUT_MS = 2_000;
const TICK_MS = 20;
const VISITORS = 200;

/** An event that was confirmed, with the times of `performance.now()` when it was taken and when it was confirmed. */
interface Confirmed {
  readonly taken: number;
  readonly told: number;
}

/** The senders: one program with a FailoverClient, and a producer at the Pulsar of each region. */
export class Traffic {
  /** Type and id of all that were confirmed. */
  readonly confirmed = new Set<string>();
  private readonly byClient: Confirmed[] = [];
  private readonly publishing = new Set<Promise<void>>();
  private readonly visitors = new Visitors(VISITORS, { random: Math.random, uuid: v7 });
  private readonly clock = new Clock();

  private constructor(
    private readonly client: FailoverClient,
    private readonly primary: DemoRegion,
    private readonly brokers: readonly MessageBroker[],
    private readonly publishers: readonly Readonly<Record<EventType, Publisher>>[],
  ) {}

  static async open(primary: DemoRegion, secondary: DemoRegion): Promise<Traffic> {
    const client = new FailoverClient({
      primary: primary.url,
      secondary: secondary.url,
      key: primary.token,
      secondaryKey: secondary.token,
      timeoutMs: TIMEOUT_MS,
    });
    const opened = await Promise.all(
      [primary, secondary].map(async (region) => {
        const config = loadConfig(Object.values(catalogue), region.brokerSettings);
        const broker = await brokerFor(config, createLogger('error', config.settings.APP_ENV));
        const publisher = (type: EventType) => broker.createPublisher(topicOf(type, config));
        const publishers = { click: publisher('click'), conversion: publisher('conversion'), sale: publisher('sale') };
        return { broker, publishers };
      }),
    );
    return new Traffic(
      client,
      primary,
      opened.map(({ broker }) => broker),
      opened.map(({ publishers }) => publishers),
    );
  }

  /** Sends until `ending` aborts. @param rates events a second */
  async run({ client, eachPulsar }: { client: number; eachPulsar: number }, ending: AbortSignal): Promise<void> {
    const began = performance.now();
    for (let taken = 0, published = 0; !ending.aborted;) {
      const seconds = (performance.now() - began) / 1000;
      for (; taken < seconds * client; taken++) void this.record();
      for (; published < seconds * eachPulsar; published++) {
        for (const publishers of this.publishers) this.publish(publishers);
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    await Promise.all([this.client.settled(), ...this.publishing]);
  }

  /** Milliseconds from this instant until an event that the client took later was confirmed; null: none is yet. */
  servedAgain(since: number): number | null {
    const first = this.byClient.find(({ taken }) => taken >= since);
    return first === undefined ? null : first.told - since;
  }

  /** Requests that the primary answered. */
  get answeredByPrimary(): number {
    const { attempts, failures } = this.client.statistics.regions[this.primary.url]!;
    return attempts - failures;
  }

  get waiting(): number {
    return this.client.statistics.waiting;
  }

  async close(): Promise<void> {
    this.client.close();
    await Promise.all(this.brokers.map((broker) => broker.close()));
  }

  private async record(): Promise<void> {
    const { type, payload } = this.visitors.next(this.clock.now());
    const taken = performance.now();
    const { status, event_id } = await this.client.record({ event_type: type, ...payload });
    if (status !== 'recorded' && status !== 'duplicate') return;
    this.confirmed.add(`${type} ${event_id}`);
    this.byClient.push({ taken, told: performance.now() });
  }

  private publish(publishers: Readonly<Record<EventType, Publisher>>): void {
    const { type, userId, payload } = this.visitors.next(this.clock.now());
    const published = publishers[type]
      .publish({ data: Buffer.from(JSON.stringify(payload)), key: userId })
      .then(
        () => void this.confirmed.add(`${type} ${String(payload.event_id)}`),
        () => undefined, // nobody was told that it is there
      )
      .finally(() => this.publishing.delete(published));
    this.publishing.add(published);
  }
}
