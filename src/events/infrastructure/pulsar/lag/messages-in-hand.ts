import type { ReceivedMessage } from '../../../../platform/pulsar/message-broker.port.js';
import { compareEntries, partitionOf } from '../../../../platform/pulsar/message-id.js';

/** Messages that came before count as open once they are in hand for longer, because then it is not the broker that is waited for. */
export const AGAIN_OPEN_MS = 5_000;

/** The messages of one partition that this process has in hand, and has settled. */
export interface PartitionInHand {
  /** Messages received and not settled. */
  readonly open: number;
  /** Messages settled since the process began. */
  readonly settled: number;
}

interface Part {
  count: number;
  /** The message that came last. */
  last: string;
}

class Known {
  open = 0;
  settled = 0;
  /** The furthest message that was settled. */
  private furthest: string | null = null;
  private readonly again = new Set<{ readonly count: number; readonly at: number }>();

  constructor(private readonly now: () => number) {}

  begin({ count, last }: Part): () => void {
    if (this.furthest !== null && compareMessages(last, this.furthest) <= 0) {
      const part = { count, at: this.now() };
      this.again.add(part);
      return () => this.again.delete(part);
    }
    this.open += count;
    return () => {
      this.open -= count;
      this.settled += count;
      if (this.furthest === null || compareMessages(last, this.furthest) > 0) this.furthest = last;
    };
  }

  inHand(): PartitionInHand {
    let { open } = this;
    for (const { count, at } of this.again) if (this.now() - at > AGAIN_OPEN_MS) open += count;
    return { open, settled: this.settled };
  }
}

/**
 * Counts messages that this process received of one topic, and that are in the database. Those that come again count for nothing
 * unless they stay in hand: a consumer that breaks at some message is given those before it over and over, many times a second, and
 * gets nowhere.
 */
export class MessagesInHand {
  private readonly partitions = new Map<number, Known>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @returns a function to be called when they are in the database */
  begin(messages: readonly Pick<ReceivedMessage, 'messageId'>[]): () => void {
    const parts = new Map<number, Part>();
    for (const { messageId } of messages) {
      const partition = partitionOf(messageId);
      const part = parts.get(partition);
      if (part === undefined) parts.set(partition, { count: 1, last: messageId });
      else {
        part.count++;
        part.last = messageId;
      }
    }
    const ends = [...parts].map(([partition, part]) => this.known(partition).begin(part));
    return () => {
      for (const end of ends) end();
    };
  }

  /** @param partition -1: the topic has none */
  of(partition: number): PartitionInHand {
    return this.partitions.get(partition)?.inHand() ?? { open: 0, settled: 0 };
  }

  private known(partition: number): Known {
    const known = this.partitions.get(partition) ?? new Known(this.now);
    this.partitions.set(partition, known);
    return known;
  }
}

function compareMessages(one: string, other: string): number {
  const [a, b] = [placeOf(one), placeOf(other)];
  return compareEntries(a, b) || a.batchIndex - b.batchIndex;
}

function placeOf(messageId: string) {
  const [ledger, entry, , batchIndex] = messageId.split(':');
  return { ledger: BigInt(ledger!), entry: BigInt(entry!), batchIndex: Number(batchIndex) };
}
