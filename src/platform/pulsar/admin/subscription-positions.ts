import type { EntryId, SubscriptionPosition } from '../message-broker.port.js';
import { compareEntries } from '../message-id.js';
import { entriesBehind, entryId, type LedgerEntries, unsettledEntries } from './ledger-entries.js';
import { parseTopicName, type TopicName } from '../topic-name.js';
import { type AdminApi, AdminFailure } from './admin-api.js';

/** Partitions can only be added, and by hand. The direct client consumes new ones as soon as they are seen here. */
const PARTITIONS_FRESH_MS = 10_000;
/** Leaves out the figures that take the broker time and are not needed. */
const STATS = 'getPreciseBacklog=true&subscriptionBacklogSize=false&excludePublishers=true&excludeConsumers=true';

interface InternalStats extends LedgerEntries {
  /** Of the ledgers together, `Terminated` among others. */
  readonly state: string;
  readonly entriesAddedCounter: number;
  /** Positions by the name of the subscription, as a form would encode it. */
  readonly cursors: Readonly<Record<string, Cursor | undefined>>;
}

interface Cursor {
  readonly markDeletePosition: string;
  /** The entry that the broker reads next, `ledger:entry`; what lies in front of it was given to a consumer or is kept for later. */
  readonly readPosition?: string;
  /** The entries behind `markDeletePosition` that are acknowledged, `[(ledger:entry..ledger:entry],(…]]`. */
  readonly individuallyDeletedMessages?: string;
}

interface Stats {
  readonly subscriptions: Readonly<Record<string, SubscriptionStats | undefined>>;
  readonly ongoingTxnCount?: number;
}

interface SubscriptionStats {
  readonly msgBacklog: number;
  /** A delayed message that was skipped or has expired counts on, until its time comes. */
  readonly msgDelayed?: number;
  /** Messages, not entries; below 0 where entries claim to hold fewer than 0. */
  readonly unackedMessages?: number;
  /** Entries to be delivered again. */
  readonly msgInReplay?: number;
}

/** Asks the broker's REST API how far one subscription is. */
export class SubscriptionPositions {
  private readonly topic: TopicName;
  private readonly subscription: string;
  private readonly cursor: string;
  private asking: Promise<readonly SubscriptionPosition[]> | null = null;
  private partitions: { readonly count: number; readonly at: number } | null = null;

  constructor(
    private readonly api: AdminApi,
    subscription: { readonly topic: string; readonly subscription: string },
  ) {
    this.topic = parseTopicName(subscription.topic);
    this.subscription = subscription.subscription;
    this.cursor = new URLSearchParams({ name: this.subscription }).toString().slice('name='.length);
  }

  /** One question at a time: who asks meanwhile shares its answer. @throws AdminFailure */
  ask(): Promise<readonly SubscriptionPosition[]> {
    return (this.asking ??= this.askAll().finally(() => (this.asking = null)));
  }

  private async askAll(): Promise<readonly SubscriptionPosition[]> {
    const positions: SubscriptionPosition[] = [];
    try {
      const count = await this.countPartitions();
      for (const partition of count === 0 ? [-1] : Array(count).keys()) positions.push(await this.position(partition));
    } catch (error) {
      this.partitions = null;
      if (error instanceof AdminFailure) throw error;
      throw new AdminFailure("the broker's answer about its topics is not understood", null, { cause: error });
    }
    return positions;
  }

  private async countPartitions(): Promise<number> {
    const now = performance.now();
    if (this.partitions === null || now - this.partitions.at >= PARTITIONS_FRESH_MS) {
      const { partitions } = (await this.api.get(`${this.path(-1)}/partitions`)) as { partitions: number };
      this.partitions = { count: partitions, at: now };
    }
    return this.partitions.count;
  }

  private async position(partition: number): Promise<SubscriptionPosition> {
    const path = this.path(partition);
    const internal = (await this.api.get(`${path}/internalStats`)) as InternalStats;
    const cursor = internal.cursors[this.cursor] ?? internal.cursors[this.subscription];
    if (cursor === undefined) throw new AdminFailure(`the subscription ${this.subscription} is not there`, null);
    const [settled, end] = [entryId(cursor.markDeletePosition), entryId(internal.lastConfirmedEntry)];
    const added = BigInt(internal.entriesAddedCounter);
    const terminated = internal.state === 'Terminated' && { terminated: true as const };
    const nothing = { partition, last: end, settled, added, waiting: 0n, delayed: 0n, ...terminated };
    if (compareEntries(settled, end) >= 0 || isGone(end, internal)) return nothing;

    const stats = (await this.api.get(`${path}/stats?${STATS}`)) as Stats;
    const found = stats.subscriptions[this.subscription];
    const last = stats.ongoingTxnCount ? await this.lastReadable(partition, end) : end;
    const heldBack = BigInt(entriesBehind(last, internal));
    const waiting = atLeastZero(BigInt(found?.msgBacklog ?? 0) - heldBack);
    const unread = atLeastZero(BigInt(unreadEntries(cursor, internal)) - heldBack);
    const delayed = found ? delayedEntries(found, waiting - unread) : 0n;
    const given = BigInt(found?.unackedMessages ?? 0);
    const position = {
      ...{ ...nothing, last, added: added - heldBack, waiting, delayed, given },
      ...(delayed > 0n && {
        mayBeDelayed: delayed + unread,
        unsettledUpTo: unsettledEntries(settled, cursor.individuallyDeletedMessages, internal),
      }),
    };
    return heldBack > 0n ? { ...position, heldBack } : position;
  }

  /** The position in front of the first message of an open transaction. */
  private async lastReadable(partition: number, end: EntryId): Promise<EntryId> {
    const path = `/admin/v3/transactions/transactionBufferStats/${this.names(partition)}`;
    const { maxReadPosition } = (await this.api.get(path)) as { maxReadPosition: string };
    const readable = entryId(maxReadPosition);
    return compareEntries(readable, end) < 0 ? readable : end;
  }

  private path(partition: number): string {
    return `/admin/v2/persistent/${this.names(partition)}`;
  }

  private names(partition: number): string {
    const { tenant, namespace, topic } = this.topic;
    return [tenant, namespace, partition < 0 ? topic : `${topic}-partition-${partition}`]
      .map(encodeURIComponent)
      .join('/');
  }
}

/**
 * Whether the topic has none of its messages any more. All that nobody had to consume went, and a subscription that came later
 * begins in front of it: the broker counts it as a backlog, and delivers nothing of it.
 */
const isGone = (end: EntryId, { ledgers }: InternalStats): boolean =>
  ledgers.length > 0 && ledgers.every(({ ledgerId }) => BigInt(ledgerId) > end.ledger);

const unreadEntries = ({ readPosition }: Cursor, internal: InternalStats): number => {
  if (readPosition === undefined) return 0;
  const { ledger, entry } = entryId(readPosition);
  return entriesBehind({ ledger, entry: entry > 0n ? entry - 1n : -1n }, internal);
};

/**
 * How many of the entries that were read and wait are delayed: no more than are neither given to a consumer nor to be delivered again.
 * The broker's own figure can be far above it.
 */
function delayedEntries({ msgDelayed = 0, msgInReplay = 0, unackedMessages = 0 }: SubscriptionStats, read: bigint) {
  const most = atLeastZero(read - BigInt(msgInReplay) - (unackedMessages === 0 ? 0n : 1n));
  return BigInt(msgDelayed) < most ? BigInt(msgDelayed) : most;
}

const atLeastZero = (count: bigint): bigint => (count < 0n ? 0n : count);
