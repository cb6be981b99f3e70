import type { Region } from '../../domain/region-list.js';
import { MergeRefused } from './mergeable.js';
import type { MergerParts } from './merger-parts.js';

/**
 * Takes over who was erased in another region, before any of its events: what is recorded afterwards is by that log, and what is held
 * here of these persons is erased meanwhile.
 *
 * @throws {MergeRefused} their hashes are made with another key, so that nobody could be known by them
 */
export async function mergeErasures(
  { other, erasures }: Pick<MergerParts, 'other' | 'erasures'>,
  region: Region,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<void> {
  let cursor: string | null = null;
  do {
    const page = await other.erasures(region, cursor, signal);
    if (!(await erasures.fits(page))) {
      throw new MergeRefused(
        'erasure_key',
        `${region.name} has erased persons with another ERASURE_KEY than is set here, or was used here: give all regions the same one`,
      );
    }
    if (!dryRun) await erasures.take(page);
    cursor = page.next_cursor;
  } while (cursor !== null);
}
