import fc from 'fast-check';
import { JourneyReader } from '../../src/journeys/application/journey-reader.port.js';
import { wholeJourney } from '../../src/journeys/application/whole-journey.js';
import { TimeRange } from '../../src/events/domain/time-range.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';
import * as recount from './recount.js';

const HALF_HOUR = 1_800_000;
/** Madrid's clocks go forward then; and a week of facts ends a day later. */
const SUNDAY = Date.parse('2026-03-29T00:00:00.000Z');
const PAGES = ['https://shop.example/a', 'https://shop.example/b'];

type Json = Record<string, unknown>;
interface Page {
  readonly summary: Json;
  readonly sessions: readonly (Json & { continued: boolean; events: readonly Json[] })[];
  readonly next_cursor: string | null;
}

describe('GET /users/{user_id}/journey', () => {
  const application = useService();

  beforeEach(async () => {
    await application.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
    await application.sql.query(
      `update storage_bounds set retention_floor = '1970-01-05Z', fine_horizon = '1970-01-05Z'`,
    );
  });

  const ask = async (user: string, query: Record<string, string | number> = {}) => {
    const parameters = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
    const path = `/users/${encodeURIComponent(user)}/journey?${new URLSearchParams(parameters).toString()}`;
    const response = await fetch(application.url + path);
    return {
      status: response.status,
      link: response.headers.get('link'),
      body: (await response.json()) as Json & Page,
    };
  };

  /** All pages, a session that goes on over a page put together again. */
  const walk = async (user: string, query: Record<string, string | number>) => {
    const sessions: Json[] = [];
    const summaries: Json[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { status, body } = await ask(user, cursor ? { ...query, cursor } : query);
      expect(status).toBe(200);
      expect(body.sessions.flatMap(({ events }) => events).length).toBeLessThanOrEqual(Number(query.limit));
      for (const { continued, events, ...session } of body.sessions) {
        const open = sessions.at(-1);
        if (continued) {
          expect({ ...open, events: [] }).toEqual({ ...session, events: [] });
          (open!.events as Json[]).push(...events);
        } else sessions.push({ ...session, events: [...events] });
      }
      summaries.push(body.summary);
      cursor = body.next_cursor;
    }
    return { sessions, summaries };
  };

  const row = fc.record(
    {
      kind: fc.constantFrom<Json>(
        { event_type: 'click' },
        { event_type: 'click', reaction: 'cheers' },
        { event_type: 'click', interaction: 'view', view_id: 'v', url: PAGES[0] },
        { event_type: 'click', interaction: 'scroll', view_id: 'v', scroll_depth: 0.5, url: PAGES[0] },
        { event_type: 'conversion', conversion_type: 'signup' },
        { event_type: 'sale', amount: '19.9', currency: 'EUR' },
        { event_type: 'sale', amount: '0.0001', currency: 'EUR' },
        { event_type: 'sale' },
      ),
      id: fc.integer({ min: 0, max: 30 }),
      user_id: fc.constantFrom('u1', 'u1', 'u1', 'u2'),
      session_id: fc.constantFrom('s1', 's2', 'n0'),
      url: fc.constantFrom(...PAGES),
      timestamp: fc
        .tuple(
          fc.constantFrom(-86_400_000, 0, HALF_HOUR, 2 * HALF_HOUR, 3 * HALF_HOUR, 86_400_000),
          fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: 0, max: HALF_HOUR })),
        )
        .map(([at, by]) => SUNDAY + at + by),
    },
    { requiredKeys: ['kind', 'id', 'user_id', 'timestamp'] },
  );

  it('is what a recount says: whatever the sessions, ties and gaps, and however it is paged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { maxLength: 30, selector: ({ id, kind }) => `${id} ${kind.event_type as string}` }),
        fc.integer({ min: 1, max: 8 }),
        fc.option(fc.tuple(fc.integer({ min: -2, max: 4 }), fc.integer({ min: -2, max: 60 }))),
        async (made, limit, halfHours) => {
          await application.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
          const rows = made.map(
            ({ kind, id, ...fields }) => ({ ...fields, ...kind, event_id: testUuid(id) }) as unknown as Row,
          );
          await recordRows(application.store, rows);
          const [from, to] = halfHours
            ? [Math.min(...halfHours), Math.max(...halfHours)].map((n) => SUNDAY + n * HALF_HOUR)
            : [-Infinity, Infinity];
          const mine = rows.filter(
            ({ user_id, timestamp }) => user_id === 'u1' && Number(timestamp) > from! && Number(timestamp) <= to!,
          );
          const { sessions, summaries } = await walk('u1', halfHours ? { limit, from: from!, to: to! } : { limit });
          expect(sessions).toEqual(recount.sessions(mine).map(recount.shownSession));
          for (const summary of summaries) expect(summary).toEqual(recount.summary(mine));

          const room = { limit: rows.length, bytes: 1e6 };
          const reader = application.app.get(JourneyReader);
          const range = halfHours ? TimeRange.parse(String(from), String(to)) : TimeRange.ALL;
          const { moments } = await reader.whole('u1', range, room);
          const { summary, sessions: placed } = await reader.page('u1', range, null, room);
          expect(JSON.stringify(wholeJourney(moments!))).toBe(JSON.stringify({ summary, sessions: placed }));
        },
      ),
      { numRuns: 60 },
    );
  }, 240_000);

  it('of somebody without events: no sessions, and it says what it is', async () => {
    const { status, link, body } = await ask('nobody/at all');
    const { definitions, missing, ...rest } = body;
    expect([status, link]).toEqual([200, null]);
    expect(rest).toEqual({
      user_id: 'nobody/at all',
      window: { from: null, to: null },
      exact: true,
      computed_from: 'facts',
      summary: recount.summary([]),
      sessions: [],
      next_cursor: null,
      as_of: new Date(TEST_TIME).toISOString(),
      lag_ms: null,
      delayed: 0,
      complete: false,
    });
    expect(definitions).toHaveProperty('session');
    expect(missing).toHaveLength(3);
  });

  it('leads to its next page by a header too', async () => {
    const clicks = [1, 2, 3].map((n): Row => ({ event_type: 'click', event_id: testUuid(n), timestamp: SUNDAY + n }));
    await recordRows(application.store, clicks);
    const { link, body } = await ask('u', { limit: 2 });
    expect(link).toContain(`cursor=${body.next_cursor}`);
    expect((await ask('u', { limit: 3 })).body.next_cursor).toBeNull();
  });

  it('leaves out what lies below the retention floor, and says so where it was asked for', async () => {
    const times = [-1, 0, 1].map((days) => SUNDAY + days * 86_400_000);
    await recordRows(
      application.store,
      times.map((timestamp, n): Row => ({ event_type: 'click', event_id: testUuid(n), timestamp })),
    );
    await application.sql.query(`update storage_bounds set retention_floor = $1`, [new Date(SUNDAY)]);
    expect((await ask('u')).body).toMatchObject({ summary: { total_events: 2 }, exact: true, window: { from: null } });
    const { body } = await ask('u', { from: SUNDAY - 86_400_000 });
    expect(body).toMatchObject({
      summary: { total_events: 2 },
      exact: false,
      complete: false,
      window: { from: new Date(SUNDAY - 1).toISOString(), to: null },
    });
    expect(body.missing).toContainEqual(expect.objectContaining({ reason: 'retention' }));
  });

  it('ends a page early where long addresses fill it, and shows every event once', async () => {
    const rows = Array.from({ length: 900 }, (_, n): Row => {
      const url = `/${n}/${'ñ'.repeat(2_040)}`;
      return { event_type: 'click', event_id: testUuid(n), timestamp: SUNDAY + n, session_id: `s${n % 300}`, url };
    });
    await recordRows(application.store, rows);
    const { body } = await ask('u', { limit: 1_000 });
    const bytes = Buffer.byteLength(JSON.stringify(body));
    expect(bytes).toBeGreaterThan(2_000_000);
    expect(bytes).toBeLessThan(4_500_000);
    expect(body.next_cursor).not.toBeNull();
    const { sessions } = await walk('u', { limit: 1_000 });
    expect(sessions).toEqual(recount.sessions(rows).map(recount.shownSession));
  });

  it.each([
    ['limit=0', 'invalid_request', 'limit'],
    ['limit=1001', 'invalid_request', 'limit'],
    ['cursor=abc', 'invalid_cursor', 'cursor'],
    ['from=1763800000', 'invalid_time_range', 'from'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'invalid_time_range', 'from'],
  ])('refuses %s', async (query, code, field) => {
    const { status, body } = await ask('u', Object.fromEntries(new URLSearchParams(query)));
    expect([status, body.code, (body.errors as { field: string }[])[0]?.field]).toEqual([400, code, field]);
  });

  it('refuses a user that no event can have', async () => {
    for (const user of ['u'.repeat(256), 'a\0b']) {
      const { status, body } = await ask(user);
      expect([status, body.code]).toEqual([400, 'invalid_request']);
    }
  });
});
