import { testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';

/** A Wednesday; Madrid's clocks went forward on the Sunday before. */
const NOW = Date.parse('2026-04-01T10:00:00.000Z');

type Json = Record<string, unknown>;

describe('GET /reports', () => {
  const application = useService({}, NOW);

  const get = async (path: string, accept = 'application/json') => {
    const response = await fetch(application.url + path, { headers: { accept } });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };

  it.each([
    ['daily', 'UTC', '2026-03-30T23:59:59.999Z', '2026-03-31T23:59:59.999Z', '2026-03-29T23:59:59.999Z'],
    ['daily', 'Pacific/Auckland', '2026-03-30T10:59:59.999Z', '2026-03-31T10:59:59.999Z', '2026-03-29T10:59:59.999Z'],
    ['weekly', 'Europe/Madrid', '2026-03-22T22:59:59.999Z', '2026-03-29T21:59:59.999Z', '2026-03-15T22:59:59.999Z'],
    ['monthly', 'Europe/Madrid', '2026-02-28T22:59:59.999Z', '2026-03-31T21:59:59.999Z', '2026-01-31T22:59:59.999Z'],
  ])(
    '%s in %s: figures of (%s, %s] as /metrics has them, against those from %s on',
    async (report, tz, from, to, before) => {
      // On both sides of each edge, and as many as the edge's number.
      const edges = [before, from, to];
      const rows = edges.flatMap((edge, n) =>
        [0, 1].flatMap((after) =>
          Array.from({ length: n + 1 + 3 * after }, (_, k): Row => ({
            event_type: 'sale',
            amount: '1.50',
            currency: after === 1 ? 'EUR' : 'USD',
            event_id: testUuid(n * 1000 + after * 100 + k),
            timestamp: Date.parse(edge) + after,
          })),
        ),
      );
      await application.database.writers().query('truncate events, event_identity, event_counts_2s, event_counts_15m');
      await recordRows(application.store, rows);
      const { status, text } = await get(`/reports/${report}?tz=${tz}`);
      const body = JSON.parse(text) as Json;
      const metrics = async (window: string) => JSON.parse((await get(`/metrics?${window}`)).text) as Json;
      const figures = ({ total_sales, revenue, conversion_rate, window }: Json) => ({
        total_sales,
        revenue,
        conversion_rate,
        window,
      });
      expect([status, body.report, body.tz]).toEqual([200, report, tz]);
      expect(figures(body)).toEqual(figures(await metrics(`from=${from}&to=${to}`)));
      expect(figures(body)).toMatchObject({ total_sales: 5 + 3, window: { from, to } });
      const comparison = body.comparison as Json;
      expect(figures(comparison)).toEqual(figures(await metrics(`from=${before}&to=${from}`)));
      expect(comparison).toMatchObject({
        total_sales: 4 + 2,
        changes: { total_sales: { absolute: 2, percent: 33.33 } },
      });
    },
  );

  it('is a line per figure as CSV', async () => {
    await application.database.writers().query('truncate events, event_identity, event_counts_2s, event_counts_15m');
    const at = (day: string) => Date.parse(`2026-03-${day}T12:00:00Z`);
    await recordRows(application.store, [
      { event_type: 'click', event_id: testUuid(1), timestamp: at('31') },
      { event_type: 'click', event_id: testUuid(2), timestamp: at('31') },
      { event_type: 'click', event_id: testUuid(3), timestamp: at('30') },
      { event_type: 'conversion', event_id: testUuid(4), timestamp: at('31') },
      { event_type: 'sale', amount: '9.5', currency: 'EUR', event_id: testUuid(5), timestamp: at('31') },
      { event_type: 'sale', amount: '2', currency: 'USD', event_id: testUuid(6), timestamp: at('30') },
    ]);
    for (const accept of ['text/csv', 'application/json;q=0.5, text/csv']) {
      const { type, text } = await get('/reports/daily', accept);
      expect(type).toBe('text/csv; charset=utf-8; header=present');
      const day = 'daily,2026-03-30T23:59:59.999Z,2026-03-31T23:59:59.999Z';
      expect(text.split('\r\n')).toEqual([
        'report,from,to,figure,label,value,before,change,change_percent',
        `${day},total_clicks,,2,1,1,100`,
        `${day},total_conversions,,1,0,1,`,
        `${day},total_sales,,1,1,0,0`,
        `${day},conversion_rate,,50,0,50,`,
        `${day},total_votes,,0,0,0,`,
        `${day},total_views,,0,0,0,`,
        `${day},revenue,EUR,9.50,0.00,9.50,`,
        `${day},revenue,USD,0.00,2.00,-2.00,-100`,
        '',
      ]);
    }
    for (const accept of ['*/*', 'text/csv;q=0, */*', 'application/json, text/csv']) {
      expect((await get('/reports/daily', accept)).type).toMatch(/^application\/json/);
    }
  });

  it.each([
    ['/reports/yearly', 404, 'report_not_found'],
    ['/reports/daily?tz=CET%2B1', 400, 'invalid_request'],
  ])('refuses %s', async (path, status, code) => {
    const answer = await get(path);
    expect([answer.status, (JSON.parse(answer.text) as Json).code]).toEqual([status, code]);
  });
});
