import fc from 'fast-check';
import { eventKeyOf } from '../../src/events/domain/event-identity.js';
import { EVENT_TYPES, type EventType } from '../../src/events/domain/incoming-event.js';
import { clickPayload, conversionPayload, salePayload, TEST_TIME, TEST_USER, testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useServiceForEach } from '../support/used-service.js';

const WEEK = 7 * 86_400_000;
const PAGE = 'https://product.com/item/123';

interface Answer {
  events: Record<string, unknown>[];
  next_cursor: string | null;
}

describe('GET /events', () => {
  const application = useServiceForEach();

  const record = (rows: readonly Row[]) => recordRows(application.store, rows);
  const get = async (query: Record<string, string>): Promise<Answer> => {
    const response = await fetch(`${application.url}/events?${new URLSearchParams(query).toString()}`);
    if (response.status !== 200) throw new Error(await response.text());
    return (await response.json()) as Answer;
  };
  /** All pages; `between` runs after each. */
  const walk = async (query: Record<string, string>, between = () => Promise.resolve()) => {
    const seen: string[] = [];
    for (let cursor: string | null = null, page = 0; page === 0 || cursor !== null; page++) {
      const answer: Answer = await get({ ...query, ...(cursor === null ? {} : { cursor }) });
      seen.push(...answer.events.map(nameOf));
      cursor = answer.next_cursor;
      if (page > 500) throw new Error('the walk does not end');
      await between();
    }
    return seen;
  };
  const nameOf = (event: Record<string, unknown>) => `${String(event.event_id)} ${String(event.event_type)}`;
  /** The order that the contract states, made without SQL. */
  const newestFirst = (rows: readonly Row[]) =>
    [...rows].sort(
      (a, b) =>
        Number(b.timestamp) - Number(a.timestamp) ||
        compare(eventKeyOf(b.event_id), eventKeyOf(a.event_id)) ||
        compare(b.event_type, a.event_type),
    );
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

  it('shows every field, null where there is none', async () => {
    const time = '2026-01-15T12:00:00.123Z';
    await record([
      {
        ...clickPayload({
          timestamp: time,
          x: 0.45,
          y: 0.3,
          viewport_width: 1440,
          viewport_height: 900,
          scroll_y: 350,
        }),
        event_type: 'click',
        event_id: 'c',
        user_agent: 'Mozilla/5.0',
        campaign: { name: 'autumn' },
      } as never,
      {
        ...salePayload({ timestamp: time, amount: '19.9' }),
        event_type: 'sale',
        event_id: 'b',
        session_id: null,
      } as never,
      { ...conversionPayload({ timestamp: time }), event_type: 'conversion', event_id: 'a' } as never,
    ]);
    const absent = {
      x: null,
      y: null,
      viewport_width: null,
      viewport_height: null,
      scroll_y: null,
      user_agent: null,
      reaction: null,
      conversion_type: null,
      amount: null,
      currency: null,
      interaction: null,
      view_id: null,
      scroll_depth: null,
      document_width: null,
      document_height: null,
      target: null,
    };
    const common = {
      user_id: TEST_USER,
      session_id: 'sess_abc123',
      url: PAGE,
      page_url: PAGE,
      occurred_at: time,
      received_at: '2026-01-15T13:00:00.000Z',
      properties: {},
    };
    const { events, next_cursor } = await get({});
    expect(next_cursor).toBeNull();
    const byId = Object.fromEntries(events.map((event) => [event.event_id as string, event]));
    expect(byId).toStrictEqual({
      a: { event_id: 'a', event_type: 'conversion', ...common, ...absent, conversion_type: 'signup' },
      b: {
        event_id: 'b',
        event_type: 'sale',
        ...common,
        ...absent,
        session_id: null,
        amount: '19.90',
        currency: 'EUR',
      },
      c: {
        event_id: 'c',
        event_type: 'click',
        ...common,
        ...absent,
        x: 0.45,
        y: 0.3,
        viewport_width: 1440,
        viewport_height: 900,
        scroll_y: 350,
        user_agent: 'Mozilla/5.0',
        properties: { campaign: { name: 'autumn' } },
      },
    });
  });

  it.each([
    ['19.9', '19.90'],
    ['19', '19.00'],
    ['0', '0.00'],
    ['0.125', '0.125'],
    ['99999999999.1234', '99999999999.1234'],
  ])('shows the amount %s as %s', async (sent, shown) => {
    await record([{ event_type: 'sale', event_id: testUuid(1), timestamp: TEST_TIME, amount: sent }]);
    expect((await get({})).events[0]).toMatchObject({ amount: shown, currency: 'XXX' });
  });

  it('walks over every event that was there before the first page exactly once, while others arrive', async () => {
    let ids = 0;
    await fc.assert(
      fc.asyncProperty(
        // Few times and few ids: pairs that differ by type alone fall on every page border; weeks apart, some in the future.
        fc.uniqueArray(
          fc.tuple(
            fc.integer({ min: 0, max: 5 }),
            fc.constantFrom(-70, -6, -2, -1, 0, 1),
            fc.integer({ min: 0, max: 2 }),
            fc.constantFrom(...EVENT_TYPES),
          ),
          { minLength: 1, maxLength: 40, selector: ([id, , , type]) => `${id} ${type}` },
        ),
        fc.integer({ min: 1, max: 4 }),
        async (drawn, limit) => {
          const user = `user-${(ids += 1)}`;
          const row = ([id, weeks, ms, event_type]: [number, number, number, EventType]): Row => ({
            event_type,
            user_id: user,
            event_id: `${user}-${id}`,
            timestamp: TEST_TIME + weeks * WEEK + ms,
          });
          const rows = drawn.map(row);
          await record(rows);
          let late = 0;
          const arrivals = () =>
            record(
              [-70, -1, 0, 1].map((weeks): Row => {
                return {
                  event_type: 'click',
                  user_id: user,
                  event_id: `${user}-late-${late++}`,
                  timestamp: TEST_TIME + weeks * WEEK + 1,
                };
              }),
            );
          const seen = await walk({ user_id: user, limit: String(limit) }, arrivals);
          const expected = newestFirst(rows).map(nameOf);
          expect(seen.filter((name) => !name.includes('late'))).toEqual(expected);
          expect(new Set(seen).size).toBe(seen.length);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  it('splits a pair of equal id and time over two pages', async () => {
    const id = testUuid(1);
    await record(EVENT_TYPES.map((event_type) => ({ event_type, event_id: id, timestamp: TEST_TIME })));
    expect(await walk({ limit: '1' })).toEqual([`${id} sale`, `${id} conversion`, `${id} click`]);
  });

  it('filters like a plain filter, every combination, in the order of the contract', async () => {
    const users = ['ann', 'bob', '%'];
    const sessions = ['s1', 's2'];
    const pages = [PAGE, '/albums/avengers'];
    const times = [TEST_TIME - 70 * WEEK, TEST_TIME - 3 * WEEK, TEST_TIME - 1, TEST_TIME, TEST_TIME + 1];
    const rows = Array.from({ length: 240 }, (_, n): Row => ({
      event_type: EVENT_TYPES[n % 3] ?? 'click',
      event_id: testUuid(Math.floor(n / 2)),
      user_id: users[n % users.length === 0 ? 0 : n % 7 === 0 ? 2 : 1],
      session_id: sessions[n % 5 === 0 ? 0 : 1],
      ...(n % 4 === 0 ? {} : { url: pages[n % 11 < 6 ? 0 : 1] }),
      timestamp: times[n % times.length] ?? 0,
    }));
    await record(rows);
    const maybe = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values));
    await fc.assert(
      fc.asyncProperty(
        maybe(EVENT_TYPES),
        maybe([...users, 'nobody']),
        maybe(sessions),
        maybe([...pages, '/none']),
        maybe(times),
        maybe(times),
        async (event_type, user_id, session_id, page_url, one, other) => {
          const [from, to] = one !== null && other !== null && one > other ? [other, one] : [one, other];
          const given = { event_type, user_id, session_id, page_url, from, to };
          const query = Object.fromEntries(
            Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
          );
          const onlyClicks = page_url !== null && event_type === null && user_id === null;
          const expected = newestFirst(rows).filter(
            (row) =>
              (event_type === null ? !onlyClicks || row.event_type === 'click' : row.event_type === event_type) &&
              (user_id === null || row.user_id === user_id) &&
              (session_id === null || row.session_id === session_id) &&
              (page_url === null || row.url === page_url) &&
              (from === null || Number(row.timestamp) > from) &&
              (to === null || Number(row.timestamp) <= to),
          );
          expect(await walk({ ...query, limit: '50' })).toEqual(expected.map(nameOf));
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it('takes 10 by default and 1000 at most, and says where the next page is', async () => {
    await record(
      Array.from({ length: 1001 }, (_, n): Row => ({
        event_type: 'click',
        event_id: testUuid(n),
        timestamp: TEST_TIME - n,
      })),
    );
    expect((await get({})).events).toHaveLength(10);
    const first = await fetch(`${application.url}/events?limit=1000&from=100000000000&colour=red`);
    const { events, next_cursor } = (await first.json()) as Answer;
    expect(events).toHaveLength(1000);
    const link = /^<(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(new URL(link, application.url).searchParams.get('cursor')).toBe(next_cursor);
    const last = await fetch(new URL(link, application.url));
    expect(((await last.json()) as Answer).events.map(nameOf)).toEqual([`${testUuid(1000)} click`]);
    expect(last.headers.get('link')).toBeNull();
  });
});
