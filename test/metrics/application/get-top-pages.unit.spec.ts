import { GetTopPagesQuery } from '../../../src/metrics/application/get-top-pages.query.js';
import { TEST_TIME } from '../../support/events.js';
import { MetricsInMemory } from './metrics-in-memory.js';

const LAST_HOUR = { period: '1h', from: null, to: null } as const;

describe('the pages with the most events', () => {
  it('come with their share of all, and with how much the others have', async () => {
    const top = [
      { name: '/a', events: 2 },
      { name: null, events: 1 },
    ];
    const asked: unknown[] = [];
    const { topPages } = new MetricsInMemory(TEST_TIME, {
      pages: (window, eventType, limit) => {
        asked.push([window.toWindow(), eventType, limit]);
        return Promise.resolve({ result: { top, events: 6, names: 5 }, window, exact: true });
      },
    });
    const answer = await topPages.execute(new GetTopPagesQuery(LAST_HOUR, 'sale', 2));
    const window = { from: '2026-01-15T11:00:00.000Z', to: '2026-01-15T12:00:00.000Z' };
    expect(asked).toEqual([[window, 'sale', 2]]);
    expect(answer).toMatchObject({
      window,
      event_type: 'sale',
      total: 6,
      pages: [
        { page_url: '/a', events: 2, share: 33.33 },
        { page_url: '', events: 1, share: 16.67 },
      ],
      rest: { pages: 3, events: 3 },
      complete: true,
    });
  });

  it('are not complete where the facts do not reach back so far', async () => {
    const { topPages } = new MetricsInMemory(TEST_TIME, {
      pages: (window) => Promise.resolve({ result: { top: [], events: 0, names: 0 }, window, exact: false }),
    });
    const { complete, missing } = await topPages.execute(new GetTopPagesQuery(LAST_HOUR, 'click', 10));
    expect([complete, missing.map(({ reason }) => reason)]).toEqual([false, ['retention']]);
  });
});
