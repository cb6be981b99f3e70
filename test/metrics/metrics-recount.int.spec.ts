import fc from 'fast-check';
import { testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';
import * as recount from './recount.js';

const QUARTER = 900_000;
const DAY = 86_400_000;
/** Clocks of Madrid go forward at 01:00 UTC; a Sunday, and its midnight in UTC begins a week of facts a day later. */
const SUNDAY = Date.parse('2026-03-29T00:00:00.000Z');
const PAGES = ['https://shop.example/a', 'https://shop.example/b'];

type Json = Record<string, unknown>;

describe('every figure is what a recount says', () => {
  const application = useService({}, SUNDAY + 2 * DAY);

  const forget = async () => {
    await application.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
    await application.sql.query(`update storage_bounds set fine_horizon = '1970-01-05Z'`);
  };
  /** As FineHorizon does: the bound first, then what lies below it. */
  const moveHorizon = async (horizon: number) => {
    await application.sql.query('update storage_bounds set fine_horizon = greatest(fine_horizon, $1)', [
      new Date(horizon),
    ]);
    await application.sql.query('delete from event_counts_2s where bucket < (select fine_horizon from storage_bounds)');
  };

  const get = async (path: string, query: Record<string, string | number | undefined>): Promise<Json> => {
    const parameters = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    );
    const response = await fetch(
      `${application.url}${path}?${new URLSearchParams(parameters as [string, string][]).toString()}`,
    );
    const body = (await response.json()) as Json;
    if (response.status !== 200) throw new Error(JSON.stringify(body));
    return body;
  };

  const border = fc.constantFrom(-2 * DAY, -DAY, -QUARTER, 0, 3_600_000, 7_200_000, QUARTER, 22 * 3_600_000, DAY);
  const shift = fc.oneof(fc.constantFrom(-2000, -1, 0, 1, 1999, 2000), fc.integer({ min: -QUARTER, max: QUARTER }));
  const instant = fc.tuple(border, shift).map(([at, by]) => SUNDAY + at + by);
  const row = fc.record(
    {
      kind: fc.constantFrom<Json>(
        { event_type: 'click' },
        { event_type: 'click' },
        { event_type: 'click', reaction: 'cheers' },
        { event_type: 'click', reaction: 'hate' },
        { event_type: 'click', interaction: 'view', view_id: 'v', url: PAGES[0] },
        { event_type: 'click', interaction: 'scroll', view_id: 'v', scroll_depth: 0.5, url: PAGES[0] },
        { event_type: 'conversion', conversion_type: 'signup' },
        { event_type: 'conversion', conversion_type: 'EUR' },
        { event_type: 'conversion' },
        { event_type: 'sale', amount: '19.9', currency: 'EUR' },
        { event_type: 'sale', amount: '0.0001', currency: 'EUR' },
        { event_type: 'sale', amount: '1234.5678', currency: 'USD' },
        { event_type: 'sale', amount: '7' },
        { event_type: 'sale', currency: 'EUR' },
        { event_type: 'sale' },
      ),
      user_id: fc.constantFrom('u1', 'u2', 'u3'),
      session_id: fc.constantFrom('s1', 's2'),
      url: fc.constantFrom(...PAGES),
      timestamp: instant,
    },
    { requiredKeys: ['kind', 'user_id', 'timestamp'] },
  );
  const criteria = fc.oneof(
    fc.constant<recount.Criteria>({}),
    fc.constantFrom<recount.Criteria>(
      { user_id: 'u1' },
      { session_id: 's1' },
      { page_url: PAGES[0]! },
      { label: 'EUR' },
    ),
    fc.constantFrom<recount.Criteria>(
      { event_type: 'sale' },
      { event_type: 'sale', label: 'EUR' },
      { event_type: 'sale', user_id: 'u1' },
      { event_type: 'click', label: 'view' },
    ),
    fc.record(
      {
        event_type: fc.constantFrom('click', 'conversion', 'sale'),
        user_id: fc.constantFrom('u1', 'u2'),
        session_id: fc.constantFrom('s1'),
        page_url: fc.constantFrom(PAGES[0]!),
        label: fc.constantFrom('EUR', 'XXX', 'signup', 'cheers', 'view', 'scroll'),
      },
      { requiredKeys: [] },
    ),
  );
  const asked = fc.record({
    one: instant,
    other: instant,
    criteria,
    interval: fc.constantFrom('quarter_hour', 'hour', 'day', 'week'),
    tz: fc.constantFrom('UTC', 'Europe/Madrid', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/New_York'),
    compare: fc.constantFrom('previous', 'day', 'week', 'year'),
  });

  /** PostgreSQL's own idea of a bucket: epoch milliseconds of its beginning, for each time. */
  const truncated = async (times: readonly number[], interval: string, tz: string) => {
    const within =
      interval === 'quarter_hour' ? `+ floor(extract(minute from t at time zone $2) / 15) * interval '15 minutes'` : '';
    const unit = interval === 'quarter_hour' ? 'hour' : interval;
    const { rows } = await application.sql.query<{ at: number }>(
      `select (extract(epoch from date_trunc('${unit}', t, $2::text) ${within}) * 1000)::float8 as at
       from unnest($1::timestamptz[]) with ordinality as times (t, n) where $2::text <> '' order by n`,
      [times.map((time) => new Date(time)), tz],
    );
    return rows.map(({ at }) => at);
  };

  const check = async (
    rows: readonly Row[],
    question: { one: number; other: number; criteria: recount.Criteria; interval: string; tz: string; compare: string },
  ) => {
    const [from, to] = [Math.min(question.one, question.other), Math.max(question.one, question.other)];
    const inside = recount.select(rows, from, to, question.criteria);
    const before = recount.select(rows, 2 * from - to, from, question.criteria);

    const metrics = await get('/metrics', {
      from,
      to,
      ...question.criteria,
      compare: 'previous',
      include: 'users,amounts,types',
    });
    const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    expect(metrics).toMatchObject({ ...recount.figures(inside, question.criteria), window, exact: true, period: null });
    expect(metrics.comparison).toMatchObject(recount.figures(before, question.criteria));
    expect(metrics.users).toMatchObject({ ...recount.users(inside), computed_from: 'facts', window });
    expect((metrics.amounts as Json).currencies).toMatchObject(recount.amounts(inside));
    for (const { sales, histogram } of (
      metrics.amounts as { currencies: { sales: number; histogram: { sales: number }[] }[] }
    ).currencies) {
      expect(histogram.reduce((sum, bucket) => sum + bucket.sales, 0)).toBe(sales);
    }
    const byType = (types: unknown) =>
      [...(types as { conversions: number }[])].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    expect(byType((metrics.types as Json).types)).toEqual(byType(recount.conversionTypes(inside)));

    const { interval, tz, compare } = question;
    const series = (await get('/metrics/timeseries', { from, to, interval, tz, ...question.criteria })) as {
      points: (Json & { time: string })[];
      exact: boolean;
    };
    expect(series).toMatchObject({ window, exact: true });
    const bucketOf = await truncated(
      inside.map(({ timestamp }) => Number(timestamp)),
      interval,
      tz,
    );
    // The window's last millisecond, where a bucket would begin with it, belongs to the last point.
    const lastPoint = Date.parse(series.points.at(-1)?.time ?? '');
    let counted = 0;
    for (const { time, partial, revenue, ...figures } of series.points) {
      const ofBucket = inside.filter(
        ({ timestamp }, n) =>
          (Number(timestamp) === to ? Math.min(bucketOf[n]!, lastPoint) : bucketOf[n]) === Date.parse(time),
      );
      counted += ofBucket.length;
      expect([time, figures]).toEqual([time, recount.totals(ofBucket, question.criteria)]);
      expect(revenue).toEqual(recount.revenue(ofBucket).map(({ currency, amount }) => ({ currency, amount })));
      expect(typeof partial).toBe('boolean');
    }
    expect(counted).toBe(inside.length);

    // An earlier window's points are those of a series that asks for that window by itself.
    const compared = await get('/metrics/timeseries', { from, to, interval, tz, compare, ...question.criteria });
    const { window: earlier, points: expected } = compared.comparison as {
      window: { from: string; to: string };
      points: Json[];
    };
    const alone = await get('/metrics/timeseries', { ...earlier, interval, tz, ...question.criteria });
    expect(expected).toEqual(alone.points);
    expect(compared.points).toEqual(series.points);
    if (compare === 'previous')
      expect(earlier).toEqual({ from: new Date(2 * from - to).toISOString(), to: window.from });

    const eventType = question.criteria.event_type ?? 'click';
    const top = recount.pages(recount.select(rows, from, to, { event_type: eventType }));
    const pages = (await get('/metrics/pages', { from, to, event_type: eventType })) as {
      pages: Json[];
      total: number;
    };
    expect(pages.pages.map(({ page_url, events }) => ({ page_url, events }))).toEqual(top);
    expect(pages.total).toBe(top.reduce((sum, { events }) => sum + events, 0));
  };

  it('of any window, filter, interval and zone, and after the 2-second counts went', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.array(asked, { minLength: 2, maxLength: 3 }),
        fc.option(fc.integer({ min: -200, max: 100 }).map((quarters) => SUNDAY + quarters * QUARTER)),
        async (made, questions, horizon) => {
          await forget();
          const rows = made.map(
            ({ kind, ...fields }, n) => ({ ...fields, ...kind, event_id: testUuid(n) }) as unknown as Row,
          );
          await recordRows(application.store, rows);
          for (const [n, question] of questions.entries()) {
            // The reader planned the question before with the old horizon: it has to notice, and to repeat.
            if (n > 0 && horizon !== null) await moveHorizon(horizon);
            await check(rows, question);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 240_000);

  it('per minute: from 2-second counts, from facts below their horizon', async () => {
    await forget();
    const rows = Array.from({ length: 200 }, (_, n): Row => ({
      event_type: 'click',
      event_id: testUuid(n),
      timestamp: SUNDAY + n * 37_123,
    }));
    await recordRows(application.store, rows);
    const [from, to] = [SUNDAY + 12_345, SUNDAY + 5_000_001];
    for (const horizon of [0, SUNDAY + 2 * QUARTER, SUNDAY + DAY]) {
      await moveHorizon(horizon);
      const { points } = (await get('/metrics/timeseries', { from, to, interval: 'minute' })) as {
        points: { time: string; total_clicks: number; partial: boolean }[];
      };
      expect(points).toHaveLength(84);
      expect(points.map(({ partial }, n) => (partial ? n : -1)).filter((n) => n >= 0)).toEqual([0, 83]);
      for (const { time, total_clicks } of points) {
        const [start, end] = [Math.max(Date.parse(time), from + 1), Math.min(Date.parse(time) + 60_000, to + 1)];
        const expected = rows.filter(({ timestamp }) => Number(timestamp) >= start && Number(timestamp) < end).length;
        expect([time, total_clicks]).toEqual([time, expected]);
      }
    }
  });

  it('while events arrive, late ones and future ones included: each answer is of one moment', async () => {
    await forget();
    const times = [-DAY - 1, -DAY, -QUARTER, -1, 0, 1, 2000, 4000, QUARTER - 1, QUARTER, QUARTER + 1, DAY, DAY + 1];
    const [from, to] = [SUNDAY - DAY, SUNDAY + DAY];
    const INSIDE = 10;
    let arriving = true;
    let answers = 0;
    let rounds = 0;
    const writing = (async () => {
      // On a busy machine an answer may take as long as many of them.
      for (let round = 0; round < 40 || (answers < 3 && round < 4_000); round++) {
        const batch = times.map((time, n): Row => ({
          event_type: n % 2 === 0 ? 'click' : 'sale',
          ...(n % 2 === 0 ? {} : { amount: '1.5', currency: 'EUR' }),
          user_id: `u${round}`,
          event_id: testUuid(round * times.length + n),
          timestamp: SUNDAY + time,
        }));
        await recordRows(application.store, batch);
        rounds += 1;
      }
      arriving = false;
    })();
    while (arriving) {
      const metrics = (await get('/metrics', { from, to, compare: 'previous' })) as {
        total_clicks: number;
        total_sales: number;
        revenue: { amount: string; sales_with_amount: number }[];
        comparison: { total_clicks: number; total_sales: number };
      };
      const batches = (metrics.total_clicks + metrics.total_sales) / INSIDE;
      expect([batches % 1, metrics.total_clicks]).toEqual([0, metrics.total_sales]);
      // Two rows of every batch lie in the window before: it is of the same snapshot.
      expect(metrics.comparison).toMatchObject({ total_clicks: batches, total_sales: batches });
      const { points } = (await get('/metrics/timeseries', { from, to, interval: 'quarter_hour' })) as {
        points: { total_clicks: number; total_sales: number }[];
      };
      const inSeries = points.reduce((sum, point) => sum + point.total_clicks + point.total_sales, 0);
      expect(inSeries % INSIDE).toBe(0);
      expect(inSeries / INSIDE).toBeGreaterThanOrEqual(batches);
      answers += 1;
    }
    await writing;
    expect(answers).toBeGreaterThan(2);
    const each = (rounds * INSIDE) / 2;
    expect(await get('/metrics', { from, to })).toMatchObject({ total_clicks: each, total_sales: each });
  });
});
