import type { LiveData } from '../../src/live/application/answers/live.answer.js';
import { LiveReader } from '../../src/live/application/live-reader.port.js';
import { testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useServiceForEach } from '../support/used-service.js';

describe('GET /live/data and its older name', () => {
  const service = useServiceForEach({}, Date.now());
  let ids = 0;

  const rows = (count: number, fields: Partial<Row> & Pick<Row, 'event_type'>, timestamp: number) =>
    Array.from({ length: count }, (): Row => ({ ...fields, event_id: testUuid(++ids), timestamp }));
  const votes = (count: number, reaction: string, timestamp: number) =>
    rows(count, { event_type: 'click', reaction }, timestamp);
  const data = async (query = '') => {
    const response = await fetch(`${service.url}/live/data${query}`);
    return { status: response.status, body: (await response.json()) as LiveData };
  };

  it('has 60 bins with absolute counts, clicks without votes and views', async () => {
    const at = Date.now() - 60_000;
    await recordRows(service.store, [
      ...votes(3, 'cheers', at),
      ...votes(2, 'hate', at),
      ...rows(4, { event_type: 'click' }, at),
      ...rows(1, { event_type: 'click', interaction: 'view', page_url: '/a', view_id: 'v' }, at),
      ...rows(5, { event_type: 'conversion' }, at),
      ...rows(6, { event_type: 'sale', amount: 1 }, at),
    ]);
    const { bins, since, totals } = (await data()).body;
    expect([bins.length, since, totals]).toEqual([60, null, { cheers: 3, hate: 2 }]);
    const time = new Date(Math.floor(at / 2000) * 2000).toISOString();
    expect(bins.filter((bin) => bin.clicks + bin.conversions + bin.sales + bin.cheers + bin.hate > 0)).toEqual([
      { time, clicks: 4, conversions: 5, sales: 6, cheers: 3, hate: 2, final: true },
    ]);
    expect(bins.map(({ final }) => final).slice(0, 58)).toEqual(Array.from({ length: 58 }, () => true));
    expect(bins.at(-1)).toMatchObject({ final: false });
  });

  it('since counts later votes to the millisecond, also where the two-second counts are gone', async () => {
    const since = Date.parse('2026-01-15T11:58:59.001Z');
    await recordRows(service.store, [
      ...votes(1, 'cheers', since - 1),
      ...votes(2, 'cheers', since),
      ...votes(4, 'cheers', since + 1),
      ...votes(8, 'cheers', since + 3_000),
      ...votes(16, 'cheers', since + 120_000),
      ...votes(32, 'cheers', since + 86_400_000),
      ...votes(64, 'hate', since + 1),
    ]);
    const reader = service.app.get(LiveReader, { strict: false });
    expect((await data(`?since=${since}`)).body.totals).toEqual({ cheers: 60, hate: 64 });
    expect((await data()).body.totals).toEqual({ cheers: 63, hate: 64 });
    await service.database
      .writers()
      .query(
        `update storage_bounds set fine_horizon = '2026-01-15T12:00:00Z'; delete from event_counts_2s where bucket < '2026-01-15T12:00:00Z'`,
      );
    expect(await reader.totals(since)).toEqual({ cheers: 60, hate: 64 });
    expect(await reader.totals(Date.now())).toEqual({ cheers: 0, hate: 0 });
  });

  it('names what is wrong with since', async () => {
    expect(await data('?since=1763800000')).toMatchObject({ status: 400, body: { code: 'invalid_time_range' } });
    expect(await data('?since=yesterday')).toMatchObject({ status: 400, body: { errors: [{ field: 'since' }] } });
  });

  it('GET …/kafka/data: totals of all time, one entry a vote of the last 120 s, epoch seconds', async () => {
    const now = Date.now();
    await recordRows(service.store, [
      ...votes(1, 'cheers', now - 130_000),
      ...votes(1, 'hate', now - 60_000),
      ...votes(1, 'cheers', now - 30_000),
    ]);
    const response = await fetch(`${service.url}/visualization-tools-ii/kafka/data`);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const body = (await response.json()) as { server_time: number };
    expect(body).toEqual({
      totals: { cheers: 2, fuck: 1 },
      recent_history: [
        { type: 'fuck', timestamp: (now - 60_000) / 1000 },
        { type: 'cheers', timestamp: (now - 30_000) / 1000 },
      ],
      server_time: expect.any(Number) as number,
    });
    expect(Math.abs(body.server_time - now / 1000)).toBeLessThan(60);
  });
});
