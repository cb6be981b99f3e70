import { randomUUID } from 'node:crypto';
import { Client, type QueryResultRow } from 'pg';
import { EVENT_TYPES, type EventType } from '../../src/events/domain/incoming-event.js';
import type { MessageBroker, OutgoingMessage, Publisher } from '../../src/platform/pulsar/message-broker.port.js';
import { PublishError } from '../../src/platform/pulsar/publish-error.js';
import { WebSocketBroker } from '../../src/platform/pulsar/websocket/websocket-broker.js';
import { quietLogger } from '../support/application.js';
import { backlog, createSubscription, createTopic, testPulsar } from '../support/pulsar.js';
import { eventually } from '../support/waiting.js';

/** A broker that has just started on busy cores takes longer for a producer than a publisher waits. */
const CONNECTED_MS = 30_000;

/** Topics and a subscription that nobody else uses, and a database: what one service under test works on. */
export class OwnIntake {
  readonly subscription = `test-${randomUUID().slice(0, 8)}`;
  private broker: MessageBroker | null = null;
  private readonly publishers = new Map<EventType, Publisher>();

  private constructor(
    readonly topics: Readonly<Record<EventType, string>>,
    readonly databaseUrl: string,
    readonly pulsar: { readonly serviceUrl: string; readonly webUrl: string },
  ) {}

  /** The topics and the subscription are there when it resolves: nothing published later can be missed. */
  static async create(databaseUrl: string, pulsar = testPulsar()): Promise<OwnIntake> {
    const [click, conversion, sale] = await Promise.all(EVENT_TYPES.map(() => createTopic({}, pulsar.webUrl)));
    const intake = new OwnIntake({ click: click!, conversion: conversion!, sale: sale! }, databaseUrl, pulsar);
    await Promise.all(
      EVENT_TYPES.map((type) => createSubscription(intake.topics[type], intake.subscription, pulsar.webUrl)),
    );
    return intake;
  }

  /** Names that exist on no broker yet: for a service that starts before its broker. */
  static named(databaseUrl: string, pulsar: { serviceUrl: string; webUrl: string }): OwnIntake {
    const topic = () => `persistent://public/default/test-${randomUUID()}`;
    return new OwnIntake({ click: topic(), conversion: topic(), sale: topic() }, databaseUrl, pulsar);
  }

  /** The configuration of a service that works on it. */
  env(more: Record<string, string> = {}): Record<string, string> {
    return {
      DATABASE_URL: this.databaseUrl,
      PULSAR_SERVICE_URL: this.pulsar.serviceUrl,
      PULSAR_WEB_URL: this.pulsar.webUrl,
      PULSAR_TOPIC_CLICKS: this.topics.click,
      PULSAR_TOPIC_CONVERSIONS: this.topics.conversion,
      PULSAR_TOPIC_SALES: this.topics.sale,
      PULSAR_SUBSCRIPTION: this.subscription,
      ...more,
    };
  }

  /** @returns the message id; messages published in one turn of the event loop share producer batches. */
  async publish(type: EventType, message: OutgoingMessage): Promise<string> {
    const deadline = performance.now() + CONNECTED_MS;
    for (;;) {
      try {
        return await this.publisherOf(type).publish(message);
      } catch (error) {
        if (!isConnecting(error) || performance.now() > deadline) throw error;
      }
    }
  }

  async query<Row extends QueryResultRow>(statement: string, values: unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      return (await client.query<Row>(statement, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** Runs the statement in a transaction of its own that stays open until it is released. */
  async hold(statement: string): Promise<{ release(): Promise<void> }> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    await client.query('begin');
    await client.query(statement);
    return { release: () => client.end() };
  }

  /** Events recorded so far; duplicates and dead letters do not count. */
  async recorded(): Promise<number> {
    const [row] = await this.query<{ n: number }>('select count(*)::int as n from events');
    return row!.n;
  }

  /** Waits until that many events are recorded, no more and no fewer. */
  async recordedExactly(count: number, within: number): Promise<void> {
    const check = async () => {
      const recorded = await this.recorded();
      if (recorded !== count) throw new Error(`${recorded} of ${count} are recorded`);
    };
    await eventually(check, { within, what: `${count} events are recorded` });
  }

  /** Waits until the broker's admin API says that everything is acknowledged. */
  async noBacklog(within: number): Promise<void> {
    const check = async () => {
      const entries = await Promise.all(
        EVENT_TYPES.map((type) => backlog(this.topics[type], this.subscription, this.pulsar.webUrl)),
      );
      if (entries.some((count) => count > 0)) throw new Error(`${entries.join(', ')} entries are left`);
    };
    await eventually(check, { within, what: 'no backlog is left' });
  }

  async close(): Promise<void> {
    await this.broker?.close();
    this.broker = null;
    this.publishers.clear();
  }

  private publisherOf(type: EventType): Publisher {
    this.broker ??= new WebSocketBroker({
      webSocketUrl: this.pulsar.webUrl.replace('http', 'ws'),
      log: quietLogger,
    });
    let publisher = this.publishers.get(type);
    if (!publisher) this.publishers.set(type, (publisher = this.broker.createPublisher(this.topics[type])));
    return publisher;
  }
}

/** Its publisher has waited, and has sent nothing. */
const isConnecting = (error: unknown): boolean =>
  error instanceof PublishError && error.outcome === 'not_sent' && error.message.endsWith(': connecting');
