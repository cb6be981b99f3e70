import type { Region } from '../../domain/region-list.js';
import { OtherRegionFailed } from './other-region.port.js';

/**
 * Finds out that the pages of another region lead in a circle: whoever follows them never comes to an end. It holds one
 * cursor, which it replaces after 1, 2, 4, 8, … pages, so it sees each circle at the latest when it was walked three times.
 */
export class CursorCircle {
  private held: string | null = null;
  private pages = 0;
  private replacedAfter = 1;

  /** @throws {OtherRegionFailed} */
  check({ name, url }: Region, cursor: string | null): void {
    if (cursor === null) return;
    if (cursor === this.held) {
      throw new OtherRegionFailed('not_understood', `${name} (${url}) is not understood: its pages lead in a circle`);
    }
    this.pages += 1;
    if (this.pages < this.replacedAfter) return;
    this.held = cursor;
    this.pages = 0;
    this.replacedAfter *= 2;
  }
}
