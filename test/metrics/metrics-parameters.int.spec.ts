import { ConsumerSigns } from '../../src/metrics/application/consumer-signs.port.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';

describe('what the metrics routes take', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url);
    await application.database.connect();
    await recordRows(
      application.store,
      Array.from({ length: 60 }, (_, n): Row => ({
        event_type: 'conversion',
        conversion_type: `type-${n}`,
        event_id: testUuid(n),
        timestamp: TEST_TIME - n * 60_000,
        url: `https://a.example/${n % 20}`,
      })),
    );
  });
  afterAll(async () => {
    await application.close();
    await testDatabase.drop();
  });

  const get = async (path: string) => {
    const response = await fetch(application.url + path);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it.each([
    ['period=1h', '2026-01-15T11:00:00.000Z', '2026-01-15T12:00:00.000Z', '1h'],
    ['from=2026-01-15T10:00:00Z', '2026-01-15T10:00:00.000Z', '2026-01-15T12:00:00.000Z', null],
    ['period=1h&to=2026-01-15T10:00:00%2B01:00', '2026-01-15T08:00:00.000Z', '2026-01-15T09:00:00.000Z', null],
    ['period=7d&from=100000000000&to=100000000001', '1973-03-03T09:46:40.000Z', '1973-03-03T09:46:40.001Z', null],
    ['from=2026-01-15T10:00:00Z&to=2026-01-15T10:00:00Z', '2026-01-15T10:00:00.000Z', '2026-01-15T10:00:00.000Z', null],
    ['from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z', '2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z', null],
  ])('%s is (%s, %s]', async (query, from, to, period) => {
    for (const path of ['/metrics', '/metrics/timeseries', '/metrics/pages']) {
      expect(await get(`${path}?${query}`)).toMatchObject({ status: 200, body: { window: { from, to }, period } });
    }
  });

  it.each([
    ['from=yesterday', 'invalid_time_range', 'from', /RFC 3339/],
    ['from=2026-01-16T00:00:00Z', 'invalid_time_range', 'from', /later than now/],
    ['from=2026-01-15T10:00:00Z&to=2026-01-15T09:00:00Z', 'invalid_time_range', 'from', /later than to/],
    ['to=0001-01-01T00:00:00Z', 'invalid_time_range', 'to', /before the year 1/],
    ['to=10000-01-01T00:00:00Z', 'invalid_time_range', 'to', /RFC 3339/],
    ['from=2000-01-01T00:00:00Z', 'range_too_long', 'from', /3660 days/],
    ['event_type=purchase', 'invalid_request', 'event_type', /must be one of click, conversion, sale/],
  ])('%s is refused: %s, %s', async (query, code, field, message) => {
    const paths = ['/metrics', '/metrics/timeseries', '/metrics/pages'];
    for (const path of paths) {
      expect(await get(`${path}?${query}`)).toMatchObject({
        status: 400,
        body: {
          code,
          errors: expect.arrayContaining([
            expect.objectContaining({ field, message: expect.stringMatching(message) as string }),
          ]) as unknown,
        },
      });
    }
  });

  it.each([
    ['/metrics?include=users,everything', 'include', /users, amounts, types/],
    ['/metrics?include=', 'include', /users, amounts, types/],
    ['/metrics?compare=last', 'compare', /previous/],
    ['/metrics/timeseries?compare=month', 'compare', /previous, day, week, year/],
    ['/metrics?compare=day&tz=BST', 'tz', /IANA/],
    ['/metrics?user_id=', 'user_id', /1 to 255/],
    ['/metrics/timeseries?interval=second', 'interval', /minute, quarter_hour, hour, day, week/],
    ['/metrics/timeseries?period=7d&interval=minute', 'interval', /use quarter_hour/],
    ['/metrics/timeseries?tz=Mars/Base', 'tz', /Europe\/Madrid/],
    ['/metrics/timeseries?tz=BST', 'tz', /IANA/],
    ['/metrics/timeseries?tz=IST', 'tz', /no abbreviation/],
    ['/metrics/timeseries?tz=%2B02:00', 'tz', /no offset/],
    ['/metrics/pages?limit=1001', 'limit', /1 to 1000/],
  ])('%s is refused', async (path, field, message) => {
    expect(await get(path)).toMatchObject({
      status: 400,
      body: { errors: [{ field, message: expect.stringMatching(message) as string }] },
    });
  });

  it('a day from midnight to midnight is 24 whole hours, with the event at its very end', async () => {
    const [day, midnight] = ['2026-02-03T00:00:00.000Z', '2026-02-04T00:00:00.000Z'];
    await recordRows(
      application.store,
      [day, '2026-02-03T01:00:00.000Z', midnight].map((timestamp, n): Row => ({
        event_type: 'click',
        event_id: testUuid(200 + n),
        timestamp,
        url: '/',
      })),
    );
    const { body } = await get(`/metrics/timeseries?interval=hour&from=${day}&to=${midnight}`);
    const points = body.points as { time: string; partial: boolean; total_clicks: number }[];
    expect(points).toHaveLength(24);
    expect(points.filter(({ partial }) => partial)).toEqual([]);
    expect(points.filter(({ total_clicks }) => total_clicks > 0).map(({ time }) => time)).toEqual([
      '2026-02-03T01:00:00.000Z',
      '2026-02-03T23:00:00.000Z',
    ]);
    expect((await get(`/metrics?from=${day}&to=${midnight}`)).body).toMatchObject({ total_clicks: 2 });
  });

  it('a zone is asked for in any case and shown as IANA writes it', async () => {
    expect((await get('/metrics/timeseries?tz=asia/CALCUTTA')).body).toMatchObject({ tz: 'Asia/Calcutta' });
  });

  it('conversions by type are the first 50 and the rest; pages as many as asked', async () => {
    const { types } = (await get('/metrics?include=types')).body as { types: { types: unknown[] } };
    expect(types).toMatchObject({
      total_conversions: 60,
      rest: { types: 10, conversions: 10 },
      computed_from: 'facts',
    });
    expect(types.types).toHaveLength(50);
    const { pages, ...rest } = (await get('/metrics/pages?event_type=conversion&limit=3')).body;
    expect(pages).toEqual([0, 1, 10].map((n) => ({ page_url: `https://a.example/${n}`, events: 3, share: 5 })));
    expect(rest).toMatchObject({ total: 60, rest: { pages: 17, events: 51 } });
  });

  it('a histogram has 1-2-5 bounds and shows empty buckets between its ends', async () => {
    const at = TEST_TIME - 30 * 86_400_000;
    await recordRows(
      application.store,
      ['0', '0.009', '0.01', '0.05', '0.05'].map((amount, n): Row => ({
        event_type: 'sale',
        amount,
        currency: 'EUR',
        event_id: testUuid(100 + n),
        timestamp: at,
      })),
    );
    const { body } = await get(`/metrics?include=amounts&from=${at - 1}&to=${at}`);
    expect((body.amounts as { currencies: unknown }).currencies).toEqual([
      {
        currency: 'EUR',
        sales: 5,
        p50: '0.01',
        p95: '0.05',
        p99: '0.05',
        histogram: [
          { from: '0.00', to: '0.01', sales: 2 },
          { from: '0.01', to: '0.02', sales: 1 },
          { from: '0.02', to: '0.05', sales: 0 },
          { from: '0.05', to: '0.10', sales: 2 },
        ],
      },
    ]);
  });

  it('says where figures come from', async () => {
    const from = async (query: string) => (await get(`/metrics?${query}`)).body.computed_from;
    for (const query of ['', 'event_type=click', 'event_type=sale&label=EUR'])
      expect(await from(query)).toBe('projections');
    for (const query of [
      'user_id=u',
      'session_id=s',
      'page_url=p',
      'label=EUR',
      'event_type=conversion&label=signup',
    ]) {
      expect(await from(query)).toBe('facts');
    }
  });

  it('a range with more facts than a read has time for is refused, with one that would do', async () => {
    const impatient = await startApplication(testDatabase.url, { READ_TIMEOUT_MS: 200 });
    try {
      await impatient.database.connect();
      // Whatever else an answer reads has all the time that it takes on a busy machine.
      impatient.app.get(ConsumerSigns, { strict: false }).read = () => Promise.resolve([]);
      const client = await application.database.writers().connect();
      try {
        await client.query('begin; lock table events in access exclusive mode');
        for (const path of [
          '/metrics?session_id=s&period=7d',
          '/metrics/pages?period=7d',
          '/metrics/timeseries?period=7d&user_id=u',
        ]) {
          const response = await fetch(impatient.url + path);
          expect([path, response.status, await response.json()]).toMatchObject([
            path,
            400,
            {
              code: 'range_too_long',
              errors: [{ field: 'from', message: expect.stringMatching(/ask for 84 h or less/) as string }],
            },
          ]);
        }
      } finally {
        await client.query('rollback');
        client.release();
      }
    } finally {
      await impatient.close();
    }
  });
});
