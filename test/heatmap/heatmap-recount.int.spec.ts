import fc from 'fast-check';
import { testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { DAY, MONDAY, PAGES, question, rows } from './random-heatmap.js';
import { useService } from '../support/used-service.js';
import * as recount from './recount.js';

type Json = Record<string, unknown>;

describe('every figure of the heat map is what a recount says', () => {
  const service = useService({}, MONDAY + 2 * DAY);

  const get = async (path: string, query: Record<string, string | number | undefined>): Promise<Json> => {
    const given = Object.entries(query).filter(([, value]) => value !== undefined) as [string, string][];
    const response = await fetch(`${service.url}${path}?${new URLSearchParams(given).toString()}`);
    const body = (await response.json()) as Json;
    if (response.status !== 200) throw new Error(JSON.stringify(body));
    return body;
  };

  it('of any page, window, class of device, user and grid', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.array(question, { minLength: 2, maxLength: 4 }), async (recorded, questions) => {
        await service.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
        await recordRows(service.store, recorded);
        for (const { one, other, page, device, user, ...grid } of questions) {
          const [from, to] = [Math.min(one, other), Math.max(one, other)];
          const query = { page_url: page, from, to, device, user_id: user, ...grid };
          const answer = await get('/api/heatmap/summary', query);
          const expected = recount.summary(recorded, { page, from, to, device, user, ...grid });
          expect(answer).toMatchObject({
            ...expected,
            window: { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
            exact: true,
          });
          const without = await get('/api/heatmap/summary', { ...query, elements: 'false', events: 0 });
          expect(without).toMatchObject({ grid: expected.grid, reach: expected.reach, elements: null, events: [] });
          const { pages } = await get('/api/heatmap/pages', { from, to });
          expect(pages).toEqual(recount.pages(recorded, from, to));
        }
      }),
      { numRuns: 60 },
    );
  }, 240_000);

  it('of more elements than are shown', async () => {
    await service.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
    const many = Array.from({ length: 230 }, (_, n): Row => ({
      event_type: 'click',
      event_id: testUuid(n),
      timestamp: MONDAY,
      url: PAGES[0],
      x: 0.5,
      y: 0.5,
      target: { selector: `#e${n % 115}` },
    }));
    await recordRows(service.store, many);
    const asked = { page: PAGES[0]!, from: MONDAY - DAY, to: MONDAY, rows: 20, columns: 20 };
    const answer = await get('/api/heatmap/summary', { page_url: PAGES[0], from: asked.from, to: asked.to });
    expect(answer).toMatchObject(recount.summary(many, asked));
    expect(answer.rest_of_elements).toEqual({ elements: 15, clicks: 30 });
  });
});
