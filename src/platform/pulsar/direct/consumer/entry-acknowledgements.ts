import { encodeAcknowledgement } from '../codec/acknowledgement.js';
import type { DeliveredEntry } from './delivered-entry.js';

/**
 * Which entries of one connection can be acknowledged: those whose messages are all settled, one by one, or under `Failover`
 * all up to before the first that is not.
 */
export class EntryAcknowledgements {
  private finished: DeliveredEntry[] = [];
  /** In order of arrival, from the first that is not acknowledged; `Failover` only. */
  private order: DeliveredEntry[] = [];

  constructor(
    private readonly consumerId: number,
    private readonly cumulative: boolean,
  ) {}

  arrived(entry: DeliveredEntry): void {
    if (this.cumulative) this.order.push(entry);
  }

  /** All its messages are settled. */
  finish(entry: DeliveredEntry): void {
    entry.unsettled = 0;
    for (const chunk of entry.chunks) this.finish(chunk);
    if (!this.cumulative) this.finished.push(entry);
  }

  /** @returns one command for all that can be acknowledged now; null: nothing can */
  take(): Buffer | null {
    if (this.cumulative) return this.takeCumulative();
    if (this.finished.length === 0) return null;
    const entries = this.finished;
    this.finished = [];
    return encodeAcknowledgement(this.consumerId, 'Individual', entries);
  }

  /** The connection is gone: its entries come again. */
  reset(): void {
    this.finished = [];
    this.order = [];
  }

  private takeCumulative(): Buffer | null {
    const { order } = this;
    let count = 0;
    while (count < order.length && order[count]!.unsettled === 0) count++;
    if (count === 0) return null;
    const last = order[count - 1]!;
    this.order = order.slice(count);
    return encodeAcknowledgement(this.consumerId, 'Cumulative', [last]);
  }
}
