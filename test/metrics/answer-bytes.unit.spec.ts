import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { answerBytes } from '../../src/metrics/application/answer-bytes.js';
import { largeSeries } from '../support/large-series.js';

describe('what an answer holds', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  /** What died in the test before is really gone only after some turns. */
  const held = async () => {
    for (let turn = 0; turn < 5; turn++) {
      collect();
      await new Promise(setImmediate);
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };

  const pages = (n: number) => ({
    pages: Array.from({ length: 1000 }, (_, p) => ({
      page_url: `https://a.example/${'x'.repeat(n)}/${p}`,
      events: p,
      share: p / 7,
    })),
  });
  it.each([
    ['a series of a chart', () => largeSeries(200, 1), 20],
    ['a series of 40 currencies by the minute', () => largeSeries(1440, 40), 3],
    ['figures alone', () => largeSeries(1440, 0), 20],
    ['pages with long names', () => pages(2000), 5],
    ['pages with short names', () => pages(10), 40],
  ])('%s: as the heap says, within a factor of two', async (_, make: () => object, copies) => {
    const before = await held();
    const kept = Array.from({ length: copies }, () => {
      // Parsed from text, so that no string is shared between copies.
      const answer = JSON.parse(JSON.stringify(make())) as object;
      return { answer, written: Buffer.from(JSON.stringify(answer)) };
    });
    const really = (await held()) - before;
    const said = kept.reduce((sum, { answer }) => sum + answerBytes(answer), 0);
    expect(said / really).toBeGreaterThan(0.5);
    expect(said / really).toBeLessThan(2);
  });
});
