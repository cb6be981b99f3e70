import type { Region } from '../../domain/region-list.js';
import { CursorCircle } from './cursor-circle.js';
import { MergeRefused } from './mergeable.js';
import type { MergerParts } from './merger-parts.js';

/**
 * Takes over the log of erasures of another region, before any of its events. Events are then recorded by that log, too, and
 * what is held here of these persons is erased meanwhile.
 *
 * @throws {MergeRefused} its hashes are made with another key, so that nobody could be recognised by them
 */
export async function mergeErasures(
  { other, erasures }: Pick<MergerParts, 'other' | 'erasures'>,
  region: Region,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<void> {
  const circle = new CursorCircle();
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
    circle.check(region, cursor);
  } while (cursor !== null);
}
