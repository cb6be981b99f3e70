/** One message as every adapter hands it over: nothing in it keeps a native message alive. */
export interface ReceivedMessage {
  /** Full name of the parent topic, e.g. `persistent://public/default/clicks`; never with `-partition-N`. */
  readonly topic: string;
  /** `ledger:entry:partition:batchIndex`, -1 where absent; of a chunked message the last chunk's. Equal on all adapters. */
  readonly messageId: string;
  readonly data: Buffer;
  /** Epoch milliseconds by the producer's clock, so anything that 64 bits hold; NaN where the broker names no time. */
  readonly publishedAt: number;
  /** Epoch milliseconds, as `publishedAt`; null when the producer set none. */
  readonly eventTime: number | null;
  readonly key: string | null;
  readonly properties: Readonly<Record<string, string>>;
  /**
   * How the producer encrypted `data`, as the client names it, in JSON; null: it did not. If a batch is encrypted,
   * `data` is all of it, and key and properties of its messages lie in there.
   */
  readonly encryption: string | null;
  /** Why `data` is not what the producer published; null: it is. Where the client hides that, there is no such message. */
  readonly failure: ReceivedFailure | null;
  /** The metadata of an entry that could not be opened, as they came; null: it could, they are part of `data`, or the client does not tell. */
  readonly envelope: Buffer | null;
  /** Names the schema that `data` was written with; null: the producer announced none, or the client does not tell. */
  readonly schemaVersion: Buffer | null;
  /** The cluster where it was published first; null: this one, or the client does not tell. */
  readonly replicatedFrom: string | null;
  /** The adapter needs it to acknowledge; it is opaque to everybody else. */
  readonly receipt: unknown;
}

/** The members of messages from clients that hide all of these. */
export const NOT_TOLD = { failure: null, envelope: null, schemaVersion: null, replicatedFrom: null } as const;

/** Tells what came instead of a message's value; `data` is as much as there is of it. */
export interface ReceivedFailure {
  /**
   * `null_value`: the producer published none. `checksum`: the bytes are not those that were sent. `undecompressable`: they
   * cannot be unpacked or taken apart. `too_large`: unpacked or put together it is more than we hold. `chunk_incomplete`:
   * chunks of it are missing.
   */
  readonly reason: 'null_value' | 'checksum' | 'undecompressable' | 'too_large' | 'chunk_incomplete';
  /** The reason, in words for an operator. */
  readonly detail: string;
}

export interface SubscriptionOptions {
  /** Short (`clicks`) or full (`persistent://tenant/namespace/topic`) name. */
  readonly topic: string;
  readonly subscription: string;
  readonly type: 'Shared' | 'Failover';
  /** The most messages delivered and not yet acknowledged. */
  readonly maxInFlightMessages: number;
  /** The most bytes of payload, key and properties held before reading from the broker pauses. */
  readonly maxInFlightBytes: number;
}

/** The place of an entry, which is what a producer published at once: one message or a batch. Both parts have 64 bits. */
export interface EntryId {
  readonly ledger: bigint;
  /** -1: in front of the ledger's first. */
  readonly entry: bigint;
}

/** How far a subscription is with a topic, or with one partition of it, whoever of its consumers did it. */
export interface SubscriptionPosition {
  /** -1: the topic has no partitions. */
  readonly partition: number;
  /** The last that can be delivered now; what an open transaction holds back lies behind it. */
  readonly last: EntryId;
  /** All up to here are acknowledged; single ones behind it may be, too. */
  readonly settled: EntryId;
  /** Entries up to `last`, counted since a broker loaded the topic, so that only differences mean something; null: not known. */
  readonly added: bigint | null;
  /** Entries up to `last` that are not acknowledged, those of `delayed` among them; null: not known. */
  readonly waiting: bigint | null;
  /** Messages that the broker holds back until the time that their producer set; null: not known. */
  readonly delayed: bigint | null;
  /** The most entries that may be delayed ones: those of `delayed`, and those that the broker has not read yet. Absent: not known. */
  readonly mayBeDelayed?: bigint;
  /** The number of entries up to a position, which lies between `settled` and `last`, that are not acknowledged. Absent: not known. */
  readonly unsettledUpTo?: (end: EntryId) => bigint;
  /** The number of entries that this process was given and cannot settle yet, as further chunks of a message have not come; 0: it waits for none. */
  readonly held?: number;
  /** The number of messages that all consumers were given and have not acknowledged, where the broker counts them: under `Shared`. */
  readonly given?: bigint;
  /** The number of entries behind `last`, which an open transaction holds back; absent: none does. */
  readonly heldBack?: bigint;
  /** True: somebody has terminated it, so nobody can publish to it any more. Absent: that is not so, or not known. */
  readonly terminated?: true;
}

/** A consumer of one topic, from the earliest position. It reconnects by itself; after a reconnect there is exactly one consumer. */
export abstract class Subscription {
  /** At least one message, in order of arrival; an empty array only after `close()`. Never rejects. */
  abstract receive(): Promise<ReceivedMessage[]>;
  /**
   * Advice to the broker: lost acknowledgements mean redelivery, which is harmless. Never rejects.
   * `Failover`: call it in receive order with a contiguous settled prefix; the native and the direct adapter acknowledge cumulatively.
   */
  abstract acknowledge(messages: readonly ReceivedMessage[]): Promise<void>;
  abstract state(): ConnectionState;
  /**
   * One for each partition, as the broker has them now.
   * @throws Error where nobody can be asked, with the reason in words for an operator
   */
  abstract positions(): Promise<readonly SubscriptionPosition[]>;
  /** Flushes acknowledgements, closes; pending `receive()` answers `[]`. Unacknowledged messages go back to the broker. */
  abstract close(): Promise<void>;
}

export interface ConnectionState {
  readonly connected: boolean;
  /** Why not, in words for an operator; null while connected. */
  readonly reason: string | null;
}

export interface OutgoingMessage {
  readonly data: Buffer;
  readonly key?: string;
  /** Epoch milliseconds. */
  readonly eventTime?: number;
  readonly properties?: Readonly<Record<string, string>>;
}

/** A producer with batching on. A rejected publish has an unknown outcome: resend with the same event id. */
export abstract class Publisher {
  /** Resolves with the message id (`ledger:entry:partition:batchIndex`) when the broker has it. */
  abstract publish(message: OutgoingMessage): Promise<string>;
  abstract close(): Promise<void>;
}

/** The values of PULSAR_CLIENT: each is an adapter. */
export const PULSAR_CLIENTS = ['direct', 'native', 'websocket'] as const;
export type PulsarClient = (typeof PULSAR_CLIENTS)[number];

/** The broker as the service sees it; the adapter is chosen once, at start. */
export abstract class MessageBroker {
  /** Which client library answers, for the log line and `/health`. */
  abstract readonly client: PulsarClient | 'none';
  /** Why there is no broker to connect to, in words for an operator; null when there is one, whether it answers or not. */
  get absence(): string | null {
    return null;
  }
  /** Calls back once there is a broker to connect to: at once, when its address becomes known, or never. */
  oncePresent(callback: () => void): void {
    callback();
  }
  abstract subscribe(options: SubscriptionOptions): Subscription;
  abstract createPublisher(topic: string): Publisher;
  /** Closes what was opened through it. */
  abstract close(): Promise<void>;
}
