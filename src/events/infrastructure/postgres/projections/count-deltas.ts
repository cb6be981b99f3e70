import { FINE_BUCKET_MS, QUARTER_HOUR_MS, startOfBucket } from '../../../domain/counts/count-buckets.js';
import { countLabel } from '../../../domain/counts/count-label.js';
import type { TrackedEvent } from '../../../domain/tracked-event.js';
import { bigintArray, instantArray, textArray } from '../../../../platform/postgres/binary/binary-array.js';

/** Amounts are summed as whole ten-thousandths: `numeric(20,4)` has four decimals. */
const AMOUNT_DECIMALS = 4;

/** The number and amount that a batch adds to one row of a projection. */
export interface CountDelta {
  /** Start of the bucket, epoch milliseconds. */
  readonly bucket: number;
  readonly eventType: string;
  readonly label: string;
  readonly n: number;
  /** Ten-thousandths of the currency unit. */
  readonly amount: bigint;
}

/** The sums that the events add to the 2-second counts. */
export const fineDeltas = (events: readonly TrackedEvent[]): CountDelta[] =>
  sumByBucket(events, FINE_BUCKET_MS, (event) => ({
    bucket: event.occurredAt,
    eventType: event.eventType,
    label: countLabel(event),
    n: 1,
    amount: event.amount === null ? 0n : tenThousandths(event.amount),
  }));

/** The same counts by quarter-hour. */
export const quarterHourDeltas = (fine: readonly CountDelta[]): CountDelta[] =>
  sumByBucket(fine, QUARTER_HOUR_MS, (delta) => delta);

/** Parameters of ADD_FINE_COUNTS and ADD_QUARTER_HOUR_COUNTS. */
export const deltaColumns = (deltas: readonly CountDelta[]): Buffer[] => [
  instantArray(deltas.map((delta) => delta.bucket)),
  textArray(deltas.map((delta) => delta.eventType)),
  textArray(deltas.map((delta) => delta.label)),
  bigintArray(deltas.map((delta) => BigInt(delta.n))),
  textArray(deltas.map((delta) => `${delta.amount}e-${AMOUNT_DECIMALS}`)),
];

/** One delta per (bucket, type, label), sorted by these, so that all writers lock in one order. */
function sumByBucket<T>(items: readonly T[], bucketMs: number, read: (item: T) => CountDelta): CountDelta[] {
  const sums = new Map<number, { bucket: number; eventType: string; label: string; n: number; amount: bigint }[]>();
  for (const item of items) {
    const { bucket: instant, eventType, label, n, amount } = read(item);
    const bucket = startOfBucket(instant, bucketMs);
    let inBucket = sums.get(bucket);
    if (!inBucket) sums.set(bucket, (inBucket = []));
    // A bucket has a handful of types and labels: looking through them is cheaper than a key made for each event.
    const sum = inBucket.find((delta) => delta.eventType === eventType && delta.label === label);
    if (sum) {
      sum.n += n;
      if (amount !== 0n) sum.amount += amount;
    } else inBucket.push({ bucket, eventType, label, n, amount });
  }
  return [...sums.values()]
    .flat()
    .sort((a, b) => a.bucket - b.bucket || compare(a.eventType, b.eventType) || compare(a.label, b.label));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** `'19.9'` → 199000n. The text is canonical: TrackedEvent let no other through. */
function tenThousandths(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(AMOUNT_DECIMALS, '0'));
}
