import { useService } from '../support/used-service.js';

const CLICK = { page_url: 'https://shop.example/a', x: 0.45, y: 0.3, view_id: 'v-1' };
const VIEW = { page_url: 'https://shop.example/a', interaction: 'view', view_id: 'v-1' };
const KEY = 'a-key-that-stands-in-a-page';

describe('POST /api/heatmap/click', () => {
  const service = useService();

  beforeEach(() => service.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m'));

  async function post(body: unknown, type = 'text/plain;charset=UTF-8') {
    const response = await fetch(`${service.url}/api/heatmap/click`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  const stored = async () =>
    (await service.sql.query<Record<string, unknown>>('select * from events order by event_id')).rows;

  it.each(['text/plain', 'application/json'])('one, as %s: as POST /track', async (type) => {
    expect(await post({ ...CLICK, event_id: 'c-1' }, type)).toEqual({ status: 201, body: { event_id: 'c-1' } });
    expect(await post({ ...CLICK, event_id: 'c-1' }, type)).toEqual({ status: 201, body: { event_id: 'c-1' } });
    expect(await post({ ...CLICK, x: 0.5, event_id: 'c-1' }, type)).toMatchObject({
      status: 409,
      body: { code: 'id_conflict' },
    });
    expect(await stored()).toMatchObject([{ event_id: 'c-1', event_type: 'click', x: 0.45, view_id: 'v-1' }]);
  });

  it('a batch: a verdict for each in its order, and the key is nowhere', async () => {
    const events = [
      { ...CLICK, event_id: 'c-1' },
      { ...VIEW, event_id: 'v-1' },
      { x: 2 },
      { ...CLICK, event_id: 'c-1' },
    ];
    const { status, body } = await post({ key: KEY, events });
    expect(status).toBe(200);
    expect(body.results).toMatchObject([
      { index: 0, status: 'recorded', event_id: 'c-1' },
      { index: 1, status: 'recorded', event_id: 'v-1' },
      { index: 2, status: 'rejected', code: 'schema' },
      { index: 3, status: 'duplicate', event_id: 'c-1' },
    ]);
    const rows = await stored();
    expect(rows).toMatchObject([{ event_id: 'c-1' }, { event_id: 'v-1', interaction: 'view' }]);
    expect(JSON.stringify(rows)).not.toContain(KEY);
  });

  it.each(['sale', 'conversion'])('a key in a page forges no %s', async (event_type) => {
    const forged = { event_id: 'f-1', event_type, user_id: 'u-1', amount: '9.90', currency: 'EUR' };
    expect(await post({ events: [forged] })).toMatchObject({
      status: 200,
      body: { results: [{ status: 'rejected', code: 'type_mismatch' }] },
    });
    expect(await post(forged)).toMatchObject({ status: 400, body: { code: 'type_mismatch' } });
    expect(await stored()).toEqual([]);
  });

  it.each([
    ['no JSON', '{"events":['],
    ['no event', '{"events":[]}'],
    ['null', 'null'],
    ['a list', '[1]'],
    ['more than 1000', JSON.stringify({ events: Array.from({ length: 1001 }, () => ({})) })],
  ])('%s is 400', async (_, body) => {
    expect((await post(body)).status).toBe(400);
  });
});
