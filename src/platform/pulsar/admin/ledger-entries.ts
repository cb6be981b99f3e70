import type { EntryId } from '../message-broker.port.js';
import { AdminFailure } from './admin-api.js';

/** The entries of a topic, as the REST API says where they lie. */
export interface LedgerEntries {
  /** `ledger:entry`; markers of transactions and what an open one published count. */
  readonly lastConfirmedEntry: string;
  /** The ledgers in order; `entries` is 0 for the one that is written to. */
  readonly ledgers: readonly { readonly ledgerId: number; readonly entries: number }[];
}

/** Ledgers and entries as the broker numbers them, or as an `EntryId`. */
interface Place {
  readonly ledger: bigint | number;
  readonly entry: bigint | number;
}

/** Reads `ledger:entry`, which are longs. */
export function entryId(text: string): EntryId {
  const match = /^(-?\d+):(-?\d+)$/.exec(text);
  if (!match) throw new AdminFailure(`the broker's answer has no position: ${text.slice(0, 40)}`, null);
  return { ledger: BigInt(match[1]!), entry: BigInt(match[2]!) };
}

/** How many entries were added behind the position. */
export function entriesBehind(position: Place, { ledgers, lastConfirmedEntry }: LedgerEntries): number {
  const end = entryId(lastConfirmedEntry);
  const count = (ledger: LedgerEntries['ledgers'][number]) =>
    ledger.ledgerId === Number(end.ledger) ? Number(end.entry) + 1 : ledger.entries;
  const from = ledgers.filter(({ ledgerId }) => ledgerId >= Number(position.ledger));
  const inItsOwn = from[0]?.ledgerId === Number(position.ledger) ? Number(position.entry) + 1 : 0;
  return Math.max(0, from.reduce((sum, ledger) => sum + count(ledger), 0) - inItsOwn);
}

/**
 * Tells how many entries up to a position are not acknowledged.
 *
 * @param settled all up to here are
 * @param acknowledged single ones behind it, in order, as the broker writes them: `[(4:2..4:7],(4:9..4:9]]`; undefined: it does not say
 */
export function unsettledEntries(settled: EntryId, acknowledged: string | undefined, topic: LedgerEntries) {
  if (acknowledged === undefined) return undefined;
  const all = entriesBehind({ ledger: -1n, entry: -1n }, topic);
  const upTo = (ledger: number, entry: number) => all - entriesBehind({ ledger, entry }, topic);
  const settledUpTo = upTo(Number(settled.ledger), Number(settled.entry));
  let ranges: AcknowledgedRanges | null = null;
  return ({ ledger, entry }: EntryId): bigint => {
    ranges ??= new AcknowledgedRanges(acknowledged, settledUpTo, upTo);
    const count = upTo(Number(ledger), Number(entry));
    return BigInt(Math.max(0, count - settledUpTo - ranges.countUpTo(count)));
  };
}

/** Acknowledged entries, each known by how many entries there are up to it. There can be 100,000 ranges of them, asked for each second. */
class AcknowledgedRanges {
  private readonly ends: number[] = [];
  private readonly lengths: number[] = [];
  /** Entries of this range and of those in front of it. */
  private readonly totals: number[] = [];

  constructor(text: string, settledUpTo: number, upTo: (ledger: number, entry: number) => number) {
    let [ledger, inFrontOfLedger, total] = [NaN, 0, 0];
    const place = (inLedger: number, entry: number) => {
      if (inLedger !== ledger) [ledger, inFrontOfLedger] = [inLedger, upTo(inLedger, -1)];
      return inFrontOfLedger + entry + 1;
    };
    for (const [, fromLedger, from, toLedger, to] of text.matchAll(/(\d+):(-?\d+)\.\.(\d+):(-?\d+)/g)) {
      const start = Math.max(settledUpTo, place(Number(fromLedger), Number(from)));
      const end = place(Number(toLedger), Number(to));
      if (end <= start) continue;
      total += end - start;
      this.ends.push(end);
      this.lengths.push(end - start);
      this.totals.push(total);
    }
  }

  /** @param count how many entries there are up to a position. @returns how many of them lie in the ranges */
  countUpTo(count: number): number {
    let [low, high] = [0, this.ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle]! < count) low = middle + 1;
      else high = middle;
    }
    const inFront = this.totals[low - 1] ?? 0;
    if (low === this.ends.length) return inFront;
    return inFront + Math.max(0, this.lengths[low]! - (this.ends[low]! - count));
  }
}
