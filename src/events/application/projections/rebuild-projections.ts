import { TimeRange } from '../../domain/time-range.js';
import type { ProjectionRepair, Projections, RebuildProgress } from './projections.port.js';
import { slicesOf } from './slices.js';

export interface RebuildStep extends RebuildProgress {
  /** Facts counted by this process. */
  readonly facts: number;
}

/**
 * Makes every count what the facts say, slice by slice, while the service records and serves. Goes on where an
 * unfinished one stopped.
 */
export async function rebuildProjections(
  projections: Projections,
  repair: ProjectionRepair,
  { sliceMs, restart }: { readonly sliceMs: number; readonly restart: boolean },
  onProgress: (step: RebuildStep) => void,
): Promise<RebuildStep | null> {
  const begun = (restart ? null : await repair.unfinished()) ?? (await beginning(projections));
  if (begun === null) return null;
  let step: RebuildStep = { ...begun, facts: 0 };
  await repair.save(step);
  const range = TimeRange.halfOpen(step.start, step.end);
  for await (const slice of slicesOf(projections, range, sliceMs, step.position)) {
    const { facts, corrected } = await repair.repair(slice);
    step = { ...step, position: slice.end, corrected: step.corrected + corrected, facts: step.facts + facts };
    // This is not in the transaction of the counts: if a slice is done twice, the second time corrects nothing.
    await repair.save(step);
    onProgress(step);
  }
  await repair.finish(step);
  return step;
}

async function beginning(projections: Projections): Promise<RebuildProgress | null> {
  const range = await projections.extent();
  return range && { start: range.start, position: range.start, end: range.end, corrected: 0 };
}
