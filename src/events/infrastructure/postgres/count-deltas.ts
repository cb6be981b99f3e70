import { countLabel } from '../../domain/count-label.js';
import type { TrackedEvent } from '../../domain/tracked-event.js';
import { bigintArray, instantArray, textArray } from '../../../platform/postgres/binary-array.js';

export const FINE_BUCKET_MS = 2_000;
export const QUARTER_HOUR_MS = 900_000;
/** Amounts are summed as whole ten-thousandths: `numeric(20,4)` has four decimals. */
const AMOUNT_DECIMALS = 4;

interface Delta {
  readonly bucket: number;
  readonly eventType: string;
  readonly label: string;
  n: number;
  amount: bigint;
}

/**
 * What a batch adds to a projection: one row per (bucket, event type, label), sorted so that all writers lock in one
 * order. Parameters of ADD_FINE_COUNTS and ADD_QUARTER_HOUR_COUNTS; null when there is nothing to add.
 */
export function countDeltas(events: readonly TrackedEvent[], bucketMs: number, from = -Infinity): Buffer[] | null {
  const deltas = new Map<string, Delta>();
  for (const event of events) {
    if (event.occurredAt < from) continue;
    const bucket = Math.floor(event.occurredAt / bucketMs) * bucketMs;
    const label = countLabel(event);
    const key = `${bucket}|${event.eventType}|${label}`;
    let delta = deltas.get(key);
    if (!delta) deltas.set(key, (delta = { bucket, eventType: event.eventType, label, n: 0, amount: 0n }));
    delta.n += 1;
    if (event.amount !== null) delta.amount += tenThousandths(event.amount);
  }
  if (deltas.size === 0) return null;
  const sorted = [...deltas.values()].sort(
    (a, b) => a.bucket - b.bucket || compare(a.eventType, b.eventType) || compare(a.label, b.label),
  );
  return [
    instantArray(sorted.map((delta) => delta.bucket)),
    textArray(sorted.map((delta) => delta.eventType)),
    textArray(sorted.map((delta) => delta.label)),
    bigintArray(sorted.map((delta) => BigInt(delta.n))),
    textArray(sorted.map((delta) => `${delta.amount}e-${AMOUNT_DECIMALS}`)),
  ];
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** `'19.9'` → 199000n. The text is canonical: TrackedEvent let no other through. */
function tenThousandths(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(AMOUNT_DECIMALS, '0'));
}
