import { encodeAcknowledgement, type EntryId } from '../codec/acknowledgement.js';
import { AcknowledgedPrefix } from './acknowledged-prefix.js';
import type { DeliveredEntry } from './delivered-entry.js';

/** The most entries that wait behind one that is not settled (a message in chunks); above it those that are settled are acknowledged. */
export const MOST_WAITING = 10_000;

/**
 * Says which entries of one connection can be acknowledged: those whose messages are all settled. They are acknowledged one
 * by one. Under `Failover` this happens in order: all entries before the first that is not settled are acknowledged by one
 * cumulative acknowledgement, as far as no entry is missing between them (see `AcknowledgedPrefix`). Behind a hole they are
 * acknowledged one by one, still in order. So an entry that the broker has not delivered stays in its backlog, where it can
 * be seen, and comes again on a later connection.
 */
export class EntryAcknowledgements {
  private finished: DeliveredEntry[] = [];
  /** Entries in order of arrival, from the first that is not acknowledged; `Failover` only. */
  private order: DeliveredEntry[] = [];
  private readonly prefix = new AcknowledgedPrefix();

  constructor(
    private readonly consumerId: number,
    private readonly cumulative: boolean,
    private readonly mostWaiting = MOST_WAITING,
  ) {}

  /** Whether entries lie behind a hole: where the acknowledged prefix ends, the broker has to say. */
  get interrupted(): boolean {
    return this.prefix.interrupted;
  }

  /** The number of entries that came and are not acknowledged; 0 where no order is kept. */
  get waiting(): number {
    return this.order.length;
  }

  arrived(entry: DeliveredEntry): void {
    if (this.cumulative) this.order.push(entry);
  }

  /** It must be called when all messages of an entry are settled. */
  finish(entry: DeliveredEntry): void {
    entry.unsettled = 0;
    for (const chunk of entry.chunks) this.finish(chunk);
    if (!this.cumulative) this.finished.push(entry);
  }

  /** It must be called when the broker says that everything up to here is acknowledged. */
  confirm(position: EntryId): void {
    if (this.cumulative) this.prefix.confirm(position);
  }

  /** @returns what acknowledges all that can be acknowledged now, at most two commands; null: nothing can */
  take(): Buffer | null {
    if (this.cumulative) return this.takeInOrder();
    if (this.finished.length === 0) return null;
    const entries = this.finished;
    this.finished = [];
    return encodeAcknowledgement(this.consumerId, 'Individual', entries);
  }

  /** The connection has ended. Its entries come again. */
  reset(): void {
    this.finished = [];
    this.order = [];
    this.prefix.reset();
  }

  private takeInOrder(): Buffer | null {
    const { prefix } = this;
    let last: DeliveredEntry | null = null;
    const apart: DeliveredEntry[] = [];
    for (const entry of this.takeSettled()) {
      if (prefix.extend(entry)) {
        last = entry;
        continue;
      }
      prefix.setApart(entry);
      apart.push(entry);
    }
    if (last === null && apart.length === 0) return null;
    return Buffer.concat([
      ...(last === null ? [] : [encodeAcknowledgement(this.consumerId, 'Cumulative', [last])]),
      ...(apart.length === 0 ? [] : [encodeAcknowledgement(this.consumerId, 'Individual', apart)]),
    ]);
  }

  private takeSettled(): DeliveredEntry[] {
    const { order } = this;
    let count = 0;
    while (count < order.length && order[count]!.unsettled === 0) count++;
    const settled = order.splice(0, count);
    if (order.length <= this.mostWaiting) return settled;
    settled.push(...order.filter(({ unsettled }) => unsettled === 0));
    this.order = order.filter(({ unsettled }) => unsettled > 0);
    return settled;
  }
}
