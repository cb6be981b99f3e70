import { TEST_TIME, testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useServiceForEach } from '../support/used-service.js';

const HOUR = 3_600_000;
const PERIODS = { '1h': HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR };

describe('GET /metrics', () => {
  const service = useServiceForEach();
  let ids = 0;

  const get = async (query: string) => {
    const response = await fetch(`${service.url}/metrics${query}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const rows = (count: number, fields: Partial<Row> & Pick<Row, 'event_type'>, timestamp: number) =>
    Array.from({ length: count }, (): Row => ({ ...fields, event_id: testUuid(++ids), timestamp }));

  it('counts nothing before the first event', async () => {
    const { status, body } = await get('');
    expect(status).toBe(200);
    const { definitions, missing, ...figures } = body;
    expect(figures).toEqual({
      total_clicks: 0,
      total_conversions: 0,
      total_sales: 0,
      total_views: 0,
      conversion_rate: 0,
      total_votes: 0,
      revenue: [],
      reactions: [],
      regions: [],
      period: '24h',
      window: { from: '2026-01-14T12:00:00.000Z', to: '2026-01-15T12:00:00.000Z' },
      exact: true,
      computed_from: 'projections',
      as_of: '2026-01-15T12:00:00.000Z',
      lag_ms: null,
      delayed: 0,
      complete: false,
    });
    expect(definitions).toMatchObject({
      conversion_rate: { numerator: 'total_conversions', denominator: 'total_clicks', unit: 'percent' },
    });
    // No broker, so nobody consumes.
    expect(missing).toMatchObject(
      ['clicks', 'conversions', 'sales'].map((topic) => ({
        topic: `persistent://public/default/${topic}`,
        reason: 'no_consumer',
      })),
    );
  });

  it.each(Object.entries(PERIODS))('period=%s is (now − period, now] to the millisecond', async (period, length) => {
    const from = TEST_TIME - length;
    await recordRows(service.store, [
      ...rows(1000, { event_type: 'click' }, from + 1),
      ...rows(100, { event_type: 'conversion', conversion_type: 'signup' }, TEST_TIME),
      ...rows(50, { event_type: 'sale', amount: 1 }, TEST_TIME - 1),
      ...rows(7, { event_type: 'click', reaction: 'cheers' }, TEST_TIME - 2000),
      // Just outside on either side.
      ...rows(3, { event_type: 'click' }, from),
      ...rows(3, { event_type: 'conversion' }, TEST_TIME + 1),
    ]);
    const { body } = await get(`?period=${period}`);
    expect(body).toMatchObject({ total_clicks: 1000, total_conversions: 100, total_sales: 50, conversion_rate: 10 });
    expect(body).toMatchObject({ total_votes: 7, period, exact: true });

    service.clock.time += 1;
    const next = (await get(`?period=${period}`)).body;
    expect(next).toMatchObject({ total_clicks: 0, total_conversions: 103 });
  });

  it.each([
    [1, 3, 33.33],
    [2, 3, 66.67],
    [1, 800, 0.13],
    [3, 2, 150],
    [1, 0, 0],
  ])('%d conversions over %d clicks is a rate of %d', async (conversions, clicks, rate) => {
    await recordRows(service.store, [
      ...rows(clicks, { event_type: 'click' }, TEST_TIME),
      ...rows(conversions, { event_type: 'conversion' }, TEST_TIME),
    ]);
    expect((await get('?period=1h')).body.conversion_rate).toBe(rate);
  });

  it('ignores what it does not know, and names what it cannot take', async () => {
    expect((await get('?colour=red')).status).toBe(200);
    expect(await get('?period=2h')).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ field: 'period', message: 'must be one of 1h, 24h, 7d' }] },
    });
    expect((await get('?period=1h&period=24h')).status).toBe(400);
  });
});
