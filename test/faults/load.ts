import { WebSocketBroker } from '../../src/platform/pulsar/websocket/websocket-broker.js';
import type { MessageBroker, Publisher } from '../../src/platform/pulsar/message-broker.port.js';
import { EVENT_TYPES, type EventType } from '../../src/events/domain/incoming-event.js';
import type { Auditor } from './auditor-process.js';
import type { EventStream, Outgoing } from './event-stream.js';
import { type Access, HttpProducer } from './http-producer.js';
import { TOLD, type Told } from './ledger.js';
import type { Random } from './random.js';
import type { Topics } from './stage.js';

/** Published in one turn, so that a producer's batch holds hundreds. */
const AT_ONCE = 500;
const CHUNKS_IN_FLIGHT = 3;
const HTTP_WORKERS = 2;
const RETRY_MS = 250;

export interface LoadTarget {
  readonly webUrl: string;
  readonly intake: Topics;
  /** Addresses of the replicas. */
  readonly services: readonly string[];
  /** Default: they let everybody in. */
  readonly access?: Access;
}

/** The counts of messages that were sent and confirmed, attempts that failed not counted. */
export interface Sent {
  messages: number;
  items: number;
  /** Publishes whose outcome was unknown, requests that were cut or answered 503: each was sent again. */
  resent: number;
  /** Verdicts over HTTP that the bytes do not deserve. */
  wrong: string[];
}

/** Producers over both ways in, which send everything again until it is confirmed, and tell the auditor what they were told. */
export class Load {
  readonly sent: Sent = { messages: 0, items: 0, resent: 0, wrong: [] };
  private readonly broker: MessageBroker;
  private readonly publishers: Readonly<Record<EventType, Publisher>>;
  private readonly http: HttpProducer;

  constructor(
    private readonly target: LoadTarget,
    private readonly stream: EventStream,
    private readonly random: Random,
    private readonly auditor: Pick<Auditor, 'tell'>,
  ) {
    const quiet = { info: () => undefined, warn: () => undefined };
    this.broker = new WebSocketBroker({ webSocketUrl: target.webUrl.replace('http', 'ws'), log: quiet });
    const [click, conversion, sale] = EVENT_TYPES.map((type) =>
      this.broker.createPublisher(target.intake.topics[type]),
    );
    this.publishers = { click: click!, conversion: conversion!, sale: sale! };
    this.http = new HttpProducer(target, stream, random, this.sent);
  }

  /** Confirmed so far, over both ways. */
  get confirmed(): number {
    return this.sent.messages + this.sent.items;
  }

  /**
   * Sends that many, half of them over HTTP, and goes on until `enough` says so, up to three times as many.
   * Resolves when all are confirmed and in the ledger.
   */
  async run(count: number, enough: () => boolean = () => true): Promise<void> {
    const items = count >> 1;
    const most = -2 * items;
    let messagesLeft = count - items;
    let itemsLeft = items;
    const goOn = (left: number) => left > 0 || (left > most && !enough());
    const pulsar = async () => {
      while (goOn(messagesLeft)) {
        const size = messagesLeft > 0 ? Math.min(AT_ONCE, messagesLeft) : AT_ONCE;
        messagesLeft -= size;
        await this.publish(Array.from({ length: size }, () => this.stream.next()));
      }
    };
    const http = async () => {
      while (goOn(itemsLeft)) {
        const single = this.random.next() < 0.1;
        const wanted = single ? 20 : 100 + this.random.below(400);
        const size = itemsLeft > 0 ? Math.min(wanted, itemsLeft) : wanted;
        itemsLeft -= size;
        await this.auditor.tell(await (single ? this.http.track(size) : this.http.batch(size)));
      }
    };
    const workers = [
      ...Array.from({ length: CHUNKS_IN_FLIGHT }, pulsar),
      ...Array.from({ length: this.target.services.length > 0 ? HTTP_WORKERS : 0 }, http),
    ];
    await Promise.all(workers);
  }

  /** Resolves when the broker has confirmed all of them, and the ledger says so. */
  async publish(messages: readonly Outgoing[]): Promise<void> {
    const told = await Promise.all(messages.map((message) => this.publishOne(message)));
    await this.auditor.tell(told);
  }

  /** One event through one replica; resolves when that one has recorded it. */
  async recordThrough(service: string): Promise<void> {
    const http = new HttpProducer({ ...this.target, services: [service] }, this.stream, this.random, this.sent);
    await this.auditor.tell(await http.batch(1));
  }

  async close(): Promise<void> {
    await this.broker.close();
  }

  private async publishOne(message: Outgoing): Promise<readonly [Told, Outgoing]> {
    for (;;) {
      try {
        await this.publishers[message.type].publish({ data: message.payload });
        this.sent.messages += 1;
        return [message.reason === null ? TOLD.broker : TOLD.poison, message];
      } catch (error) {
        if ((error as Error).name !== 'PublishError') throw error;
        this.sent.resent += 1;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS + this.random.below(RETRY_MS)));
      }
    }
  }
}
