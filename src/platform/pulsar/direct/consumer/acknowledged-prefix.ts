import { compareEntries } from '../../message-id.js';
import type { EntryId } from '../codec/acknowledgement.js';

interface Position {
  readonly ledger: bigint;
  readonly entry: bigint;
}

/**
 * Up to where every entry of a topic is known to be acknowledged, or delivered and settled: so far a cumulative acknowledgement may
 * reach. A broker does not deliver every entry. It leaves out the marks of transactions, what was acknowledged before, and whatever it
 * reads at once while the messages that the entries claim to hold add up to 0 (a producer can claim -1). A cumulative acknowledgement
 * from behind such a hole would cover what was never delivered. So the prefix grows only by the very next entry of its ledger,
 * or by what the broker answers itself. Where a ledger ends is not known here, so its successor begins behind a hole, too.
 *
 * | field | |
 * | --- | --- |
 * | end | the last entry of the prefix; null: the broker has not said where it is |
 * | apart | the newest entries without a hole between them that were acknowledged one by one behind the prefix; null: none |
 */
export class AcknowledgedPrefix {
  private end: Position | null = null;
  private apart: { readonly first: Position; last: Position } | null = null;

  /** Whether entries were acknowledged behind a hole: then it is worth asking the broker whether there still is one. */
  get interrupted(): boolean {
    return this.apart !== null;
  }

  /** Takes the next entry in order, whose messages are all settled. @returns whether it belongs to the prefix now; if not, it stands apart */
  extend(entry: EntryId): boolean {
    const next = positionOf(entry);
    if (this.end === null || !reaches(this.end, next)) return false;
    this.moveTo(next);
    return true;
  }

  /** It must be called for an entry that is acknowledged by itself. */
  setApart(entry: EntryId): void {
    const next = positionOf(entry);
    if (this.apart !== null && follows(this.apart.last, next)) this.apart.last = next;
    else this.apart = { first: next, last: next };
  }

  /** It must be called when the broker says that everything up to here is acknowledged. */
  confirm(position: EntryId): void {
    this.moveTo(positionOf(position));
  }

  /** The connection has ended. The broker delivers again what it had delivered over it. */
  reset(): void {
    this.end = null;
    this.apart = null;
  }

  private moveTo(position: Position): void {
    if (this.end === null || compareEntries(this.end, position) < 0) this.end = position;
    if (this.apart === null || !reaches(this.end, this.apart.first)) return;
    if (compareEntries(this.end, this.apart.last) < 0) this.end = this.apart.last;
    this.apart = null;
  }
}

const positionOf = ({ ledger, entry }: EntryId): Position => ({ ledger: BigInt(ledger), entry: BigInt(entry) });

const follows = (before: Position, next: Position): boolean =>
  next.ledger === before.ledger && next.entry === before.entry + 1n;

/** Whether nothing lies between the prefix and the entry, or the entry is a part of it. */
const reaches = (end: Position, next: Position): boolean => compareEntries(next, end) <= 0 || follows(end, next);
