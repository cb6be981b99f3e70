import type { SubscriptionPosition } from '../../../../platform/pulsar/message-broker.port.js';
import { compareEntries } from '../../../../platform/pulsar/message-id.js';
import type { PartitionInHand } from './messages-in-hand.js';
import { type SampledEnd, SampledEnds } from './sampled-ends.js';

/**
 * A transaction holds back all that was published behind its first message, by whomever. Producers commit after seconds, and stream
 * processors at checkpoints every minute or so. What has been open for longer is an outage of its topic.
 */
export const OPEN_TRANSACTION_MS = 120_000;

/**
 * How far a subscription is behind one partition, by positions alone: no producer's clock has a say.
 *
 * | field | |
 * | --- | --- |
 * | ends | where the partition ended at which time, as far as it is not settled |
 * | settledUntil | all published before it is settled; only goes forward, null until that is known of any time |
 * | caughtUp | at the last answer nothing waited but delayed messages |
 * | before | the last answer, to see what moved |
 * | mostSettled | the most entries that were settled by an answer's count, since the cursor was reset: what comes between the broker's two figures only lowers it |
 * | stillSince | since when messages wait and nothing moves; null while that is not so |
 * | heldBackSince | since when one transaction holds back what lies behind it; null: none does |
 */
export class PartitionLag {
  private readonly ends = new SampledEnds();
  private settledUntil: number | null = null;
  private caughtUp = false;
  private before: { readonly position: SubscriptionPosition; readonly settledByUs: number } | null = null;
  private mostSettled: bigint | null = null;
  private stillSince: number | null = null;
  private heldBackSince: number | null = null;

  /** @param foundAt until then it may have no consumer, because it is new; on the clock of the answers */
  constructor(private readonly foundAt = -Infinity) {}

  /** @param askedAt when the question was sent, milliseconds of a clock that only goes forward. */
  tell(askedAt: number, position: SubscriptionPosition, inHand: PartitionInHand): void {
    this.startOver(position);
    const { last: end, mayBeDelayed } = position;
    this.ends.add({ at: askedAt, end, due: dueCount(position), mayBeDelayed });
    const settled = this.ends.takeSettled((sample) => isSettled(sample, position));
    if (settled !== null) this.settledUntil = settled;
    this.caughtUp = nothingWaits(position);
    if (this.caughtUp) this.settledUntil = askedAt;
    const waitsForBroker = !this.caughtUp && inHand.open === 0 && (!position.held || moreThanGiven(position));
    const moved = this.moved(position, inHand.settled);
    this.stillSince = waitsForBroker ? ((moved ? null : this.stillSince) ?? Math.max(askedAt, this.foundAt)) : null;
    const sameEnd = this.before !== null && compareEntries(this.before.position.last, position.last) === 0;
    this.heldBackSince = position.heldBack ? ((sameEnd ? this.heldBackSince : null) ?? askedAt) : null;
    this.before = { position: { ...position, unsettledUpTo: undefined }, settledByUs: inHand.settled };
  }

  /** Notes that there was no answer: what was caught up may no longer be. */
  lose(): void {
    this.caughtUp = false;
  }

  /** Milliseconds; null: the backlog is older than this process, so nothing is known. */
  lagMs(now: number): number | null {
    const heldBackMs = this.heldBackMs(now);
    if (heldBackMs > 0) return heldBackMs;
    if (this.caughtUp) return 0;
    return this.settledUntil === null ? null : Math.max(0, now - this.settledUntil);
  }

  /** For how long messages other than delayed ones have waited while nothing was settled, and none of them was in hand. */
  stillMs(now: number): number {
    const stillMs = this.stillSince === null ? 0 : now - this.stillSince;
    return Math.max(0, stillMs, this.heldBackMs(now));
  }

  get delayed(): bigint {
    return this.before?.position.delayed ?? 0n;
  }

  /** Whether nobody can publish to it any more, and all that was published is settled. */
  get terminated(): boolean {
    const position = this.before?.position;
    return position?.terminated === true && !position.delayed && nothingWaits(position);
  }

  /** For how long a transaction has held back messages; 0 while that is not unusual. */
  private heldBackMs(now: number): number {
    const ms = this.heldBackSince === null ? 0 : now - this.heldBackSince;
    return ms < OPEN_TRANSACTION_MS ? 0 : ms;
  }

  /** The broker counts anew: it is another topic of the name, or another broker. */
  private startOver({ last, added }: SubscriptionPosition): void {
    const before = this.before?.position;
    if (!before) return;
    if (compareEntries(last, before.last) < 0) {
      this.ends.clear();
      this.settledUntil = null;
      this.before = null;
      this.mostSettled = null;
      this.stillSince = null;
      this.heldBackSince = null;
    } else if (added !== null && before.added !== null && added < before.added) {
      this.ends.forgetCounts();
      this.mostSettled = null;
    }
  }

  /** Whether what was settled waits again, because somebody reset the cursor: also with all that was added since, less is settled. */
  private comesAgain({ added, heldBack = 0n }: SubscriptionPosition): boolean {
    const waited = this.before?.position.waiting ?? null;
    return (
      this.mostSettled !== null && added !== null && waited !== null && added + heldBack - waited < this.mostSettled
    );
  }

  private moved(position: SubscriptionPosition, settledByUs: number): boolean {
    if (this.comesAgain(position)) this.mostSettled = null;
    const count = settledCount(position);
    const more = count !== null && this.mostSettled !== null && count > this.mostSettled;
    if (count !== null && (this.mostSettled === null || more)) this.mostSettled = count;
    if (this.before === null) return false;
    const { position: before, settledByUs: settledBefore } = this.before;
    return more || settledByUs !== settledBefore || compareEntries(position.settled, before.settled) !== 0;
  }
}

/** All is acknowledged, or all but delayed messages. */
function nothingWaits({ last, settled, waiting, delayed }: SubscriptionPosition): boolean {
  if (compareEntries(settled, last) >= 0 || waiting === 0n) return true;
  return waiting !== null && delayed !== null && delayed > 0n && waiting <= delayed;
}

/** Whether messages that are due wait besides those that this process holds or that all consumers were given. */
function moreThanGiven({ waiting, delayed, held, given = 0n }: SubscriptionPosition): boolean {
  const ours = BigInt(held ?? 0);
  return waiting !== null && waiting - (delayed ?? 0n) > (given > ours ? given : ours);
}

/**
 * The mark-delete position stays in front of a delayed message until its time comes. While there are any, an end counts as
 * reached when as many entries are settled as were due then: they become due, and are settled, in about one order. But what others
 * overtake, because a consumer keeps it, is not settled: no more entries up to the end may be open than can be delayed ones.
 */
function isSettled(sample: SampledEnd, now: SubscriptionPosition): boolean {
  const { end, due } = sample;
  if (compareEntries(end, now.settled) <= 0) return true;
  const settled = settledCount(now);
  const enough = due !== null && settled !== null && now.delayed !== null && now.delayed > 0n && due <= settled;
  return enough && !isOvertaken(sample, now);
}

function isOvertaken({ end, mayBeDelayed: then }: SampledEnd, now: SubscriptionPosition): boolean {
  const { mayBeDelayed, unsettledUpTo } = now;
  if (then === undefined || mayBeDelayed === undefined || unsettledUpTo === undefined) return false;
  return unsettledUpTo(end) > (then < mayBeDelayed ? then : mayBeDelayed);
}

/** Entries whose time has come. */
const dueCount = ({ added, delayed }: SubscriptionPosition): bigint | null =>
  added === null || delayed === null ? null : added - delayed;

/** Entries; of two answers of one broker the difference is what was settled in between. */
const settledCount = ({ added, waiting }: SubscriptionPosition): bigint | null =>
  added === null || waiting === null ? null : added - waiting;
