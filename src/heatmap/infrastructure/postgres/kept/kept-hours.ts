import { LRUCache } from 'lru-cache';

/** All pages together. A page with a million clicks and 300,000 views a week takes 14 MB. */
export const MOST_KEPT_BYTES = 64_000_000;
/** An entry takes this beside its words: for its name, its proof, and the objects around them. */
const OVERHEAD_BYTES = 400;

/** It holds what one page has in one hour, packed, and the proof of the snapshot that it was read in. */
export interface KeptHour {
  readonly words: Uint32Array;
  readonly proof: string;
}

/** Hours of pages. What was not asked for the longest goes first. */
export class KeptHours {
  private readonly hours: LRUCache<string, KeptHour>;

  constructor(mostBytes = MOST_KEPT_BYTES) {
    this.hours = new LRUCache({
      maxSize: mostBytes,
      sizeCalculation: ({ words, proof }, name) => words.byteLength + name.length + proof.length + OVERHEAD_BYTES,
    });
  }

  /** About how much memory they take. */
  get bytes(): number {
    return this.hours.calculatedSize;
  }

  /** @param part the page, and what is kept of it. @param hour its number from the epoch */
  get(part: string, hour: number): KeptHour | undefined {
    return this.hours.get(nameOf(part, hour));
  }

  keep(part: string, hour: number, kept: KeptHour): void {
    this.hours.set(nameOf(part, hour), kept);
  }

  drop(part: string, hour: number): void {
    this.hours.delete(nameOf(part, hour));
  }
}

const nameOf = (part: string, hour: number) => `${hour} ${part}`;
