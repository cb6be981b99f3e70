import type { CountDifference, Projections } from './projections.port.js';
import { slicesOf } from './slices.js';

export interface VerifyProgress {
  /** Share of the time that is compared, 0 to 1. */
  readonly share: number;
  readonly facts: number;
}

export interface Verification {
  readonly facts: number;
  /** The first difference; null when projections and facts agree. */
  readonly difference: CountDifference | null;
}

/** Compares the projections with the facts, slice by slice, at any time; ends at the first difference. */
export async function verifyProjections(
  projections: Projections,
  sliceMs: number,
  onProgress: (progress: VerifyProgress) => void,
): Promise<Verification> {
  const range = await projections.extent();
  let facts = 0;
  if (range === null) return { facts, difference: null };
  for await (const slice of slicesOf(projections, range, sliceMs)) {
    let compared = await projections.compare(slice, 1);
    // A partition may be dropped between the snapshot and the look, without the snapshot knowing. Then a new one looks.
    if (compared.differences.length > 0) compared = await projections.compare(slice, 1);
    facts += compared.facts;
    const [difference] = compared.differences;
    if (difference) return { facts, difference };
    onProgress({ share: (slice.end - range.start) / (range.end - range.start), facts });
  }
  return { facts, difference: null };
}
