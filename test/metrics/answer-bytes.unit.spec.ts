import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { answerBytes } from '../../src/metrics/application/answer-bytes.js';
import { largeSeries } from '../support/large-series.js';

const HEAP_OF_COPIES = join(import.meta.dirname, 'heap-of-copies.mjs');

describe('what an answer holds', () => {
  const pages = (n: number) => ({
    pages: Array.from({ length: 1000 }, (_, p) => ({
      page_url: `https://a.example/${'x'.repeat(n)}/${p}`,
      events: p,
      share: p / 7,
    })),
  });
  it.each([
    ['a series of a chart', largeSeries(200, 1), 20],
    ['a series of 40 currencies by the minute', largeSeries(1440, 40), 3],
    ['figures alone', largeSeries(1440, 0), 20],
    ['pages with long names', pages(2000), 5],
    ['pages with short names', pages(10), 40],
  ])('%s: as the heap says, within a factor of two', (_, answer, copies) => {
    const input = JSON.stringify(answer);
    const really = Number(execFileSync(process.execPath, ['--expose-gc', HEAP_OF_COPIES, String(copies)], { input }));
    const said = copies * answerBytes(answer);
    expect(said / really).toBeGreaterThan(0.5);
    expect(said / really).toBeLessThan(2);
  });
});
