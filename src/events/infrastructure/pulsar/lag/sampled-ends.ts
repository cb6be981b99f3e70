import type { EntryId } from '../../../../platform/pulsar/message-broker.port.js';
import { compareEntries } from '../../../../platform/pulsar/message-id.js';

/** Everything that was published before `at` lies at or in front of `end`. */
export interface SampledEnd {
  /** When the question was sent, milliseconds of a clock that only goes forward. */
  readonly at: number;
  readonly end: EntryId;
  /**
   * Entries up to `end` whose time had come, as the broker counts them, so all but delayed ones; null: not known, or counted
   * by a broker that has gone.
   */
  readonly due: bigint | null;
  /** The most entries up to `end` that may be delayed ones; absent: not known. */
  readonly mayBeDelayed?: bigint | undefined;
}

/** At one a second the newest five minutes stay as they are. */
export const KEPT_AS_THEY_ARE = 300;
/** Whatever a backlog's age: ten such topics are 1 MB. */
export const MOST_SAMPLES = 600;

/**
 * Remembers where a topic ended at which time, oldest first, as far as messages are not settled yet. Both times and ends
 * only go forward. Above `MOST_SAMPLES` one of the older samples is dropped: the one that matters least for its age. So a
 * backlog of a day is known to a quarter of an hour.
 */
export class SampledEnds {
  private samples: SampledEnd[] = [];

  get length(): number {
    return this.samples.length;
  }

  add(sample: SampledEnd): void {
    const before = this.samples.at(-1);
    // Nothing was published in between: the later time says more.
    if (before && compareEntries(before.end, sample.end) === 0) this.samples.pop();
    this.samples.push(sample);
    if (this.samples.length <= MOST_SAMPLES) return;
    this.samples.splice(this.leastNeeded(sample.at), 1);
  }

  /** Lets go of all up to the newest that is settled. @returns its time; null: none is. */
  takeSettled(isSettled: (sample: SampledEnd) => boolean): number | null {
    const newest = this.samples.findLastIndex(isSettled);
    return newest < 0 ? null : this.samples.splice(0, newest + 1)[newest]!.at;
  }

  /** The broker counts anew. */
  forgetCounts(): void {
    this.samples = this.samples.map((sample) => ({ ...sample, due: null }));
  }

  clear(): void {
    this.samples = [];
  }

  /** Without it the gap is the smallest, measured by its age. */
  private leastNeeded(now: number): number {
    let [found, smallest] = [0, Infinity];
    for (let index = 1; index < this.samples.length - KEPT_AS_THEY_ARE; index++) {
      const gap = this.samples[index + 1]!.at - this.samples[index - 1]!.at;
      const share = gap / (now - this.samples[index]!.at);
      if (share < smallest) [found, smallest] = [index, share];
    }
    return found;
  }
}
