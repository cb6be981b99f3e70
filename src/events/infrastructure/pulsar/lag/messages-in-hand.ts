import type { ReceivedMessage } from '../../../../platform/pulsar/message-broker.port.js';
import { partitionOf } from '../../../../platform/pulsar/message-id.js';

/** The messages of one partition that this process has in hand, and has settled. */
export interface PartitionInHand {
  /** Messages received and not settled. */
  readonly open: number;
  /** Messages settled since the process began. */
  readonly settled: number;
}

/** Counts what this process received of one topic and what of it is in the database. */
export class MessagesInHand {
  private readonly begun = new Map<number, number>();
  private readonly settled = new Map<number, number>();

  /** @returns a function to be called when they are in the database */
  begin(messages: readonly Pick<ReceivedMessage, 'messageId'>[]): () => void {
    const counts = new Map<number, number>();
    for (const { messageId } of messages) add(counts, partitionOf(messageId), 1);
    for (const [partition, count] of counts) add(this.begun, partition, count);
    return () => {
      for (const [partition, count] of counts) add(this.settled, partition, count);
    };
  }

  /** @param partition -1: the topic has none */
  of(partition: number): PartitionInHand {
    const settled = this.settled.get(partition) ?? 0;
    return { open: (this.begun.get(partition) ?? 0) - settled, settled };
  }
}

const add = (counts: Map<number, number>, key: number, count: number): void =>
  void counts.set(key, (counts.get(key) ?? 0) + count);
