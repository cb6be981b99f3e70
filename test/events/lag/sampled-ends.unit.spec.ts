import { MOST_SAMPLES, SampledEnds } from '../../../src/events/infrastructure/pulsar/lag/sampled-ends.js';

const end = (entry: number, ledger = 1n) => ({ ledger, entry: BigInt(entry) });
const upTo = (entry: number) => (sample: { end: { entry: bigint } }) => sample.end.entry <= BigInt(entry);

describe('where a topic ended at which time', () => {
  it('keeps the later time of the same end', () => {
    const ends = new SampledEnds();
    for (const at of [1, 2, 3]) ends.add({ at, end: end(0), due: 1n });
    ends.add({ at: 4, end: end(0, 2n), due: 2n });
    expect(ends.length).toBe(2);
    expect(ends.takeSettled(({ end: { ledger } }) => ledger === 1n)).toBe(3);
  });

  it('answers the newest that is settled, and lets go of what lies in front of it', () => {
    const ends = new SampledEnds();
    for (let at = 0; at < 10; at++) ends.add({ at, end: end(at), due: null });
    expect(ends.takeSettled(upTo(-1))).toBeNull();
    expect(ends.takeSettled(upTo(6))).toBe(6);
    expect(ends.length).toBe(3);
    expect(ends.takeSettled(upTo(6))).toBeNull();
  });

  it('is bounded whatever waits: five minutes to a second, what is older to some hundredths of its age', () => {
    const DAY = 86_400;
    const ends = new SampledEnds();
    let most = 0;
    for (let second = 0; second <= DAY; second++) {
      ends.add({ at: second, end: end(second), due: BigInt(second) });
      most = Math.max(most, ends.length);
    }
    expect(most).toBe(MOST_SAMPLES);
    // An end as it was so long ago: the time that is answered is never later, and not much earlier.
    for (const age of [80_000, 36_000, 3600, 900, 299, 290, 10, 1]) {
      const lateness = DAY - age - (ends.takeSettled(upTo(DAY - age)) ?? NaN);
      expect(lateness).toBeGreaterThanOrEqual(0);
      expect(lateness).toBeLessThanOrEqual(age < 300 ? 0 : age / 20);
    }
  });
});
