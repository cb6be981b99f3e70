import fc from 'fast-check';
import { testUuid } from '../support/events.js';
import type { Row } from '../support/record-rows.js';
import { analysed, type Json } from './analysed.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Madrid's clocks go forward at 01:00 UTC, New York's went three weeks before: days of 23 hours, and a week of 167. */
const SUNDAY = Date.parse('2026-03-29T00:00:00.000Z');
const NOW = SUNDAY + 3 * DAY + 5 * HOUR;

/** The date that the clocks show: as a number of days. */
function localDay(at: number, tz: string): number {
  const date = new Intl.DateTimeFormat('en-CA', { timeZone: tz, dateStyle: 'short' }).format(at);
  return Date.parse(`${date}T00:00:00Z`) / DAY;
}

/** Days since Thursday 1 January 1970; weeks since Monday the 29th of December before. */
const intervalOf = (at: number, interval: string, tz: string) =>
  interval === 'day' ? localDay(at, tz) : Math.floor((localDay(at, tz) + 3) / 7);

/** Cohort by cohort, in plain loops. */
function recount(
  rows: readonly Row[],
  { interval, tz, from, to }: { interval: string; tz: string; from: number; to: number },
) {
  const of = (at: number) => intervalOf(at, interval, tz);
  // `(from, to]`: the first interval holds the millisecond after from, the last one the millisecond to, unless it begins with it.
  const first = of(from + 1);
  const last = Math.min(Math.max(of(to - 1), first), of(NOW));
  const running = of(NOW);
  const users = [...new Set(rows.map(({ user_id }) => user_id ?? null))].filter((user) => user !== null);
  const events = users.map((user) => rows.filter(({ user_id }) => user_id === user));
  const cohorts: Json[] = [];
  for (let cohort = first; cohort <= last; cohort += 1) {
    const members = events.filter((all) => of(Math.min(...all.map(({ timestamp }) => Number(timestamp)))) === cohort);
    const returns: Json[] = [];
    for (let later = cohort + 1; later <= last; later += 1) {
      const back = members.filter((all) =>
        all.some(({ timestamp, interaction }) => interaction !== 'scroll' && of(Number(timestamp)) === later),
      ).length;
      const share = members.length === 0 ? 0 : Math.round((back * 10_000) / members.length) / 100;
      returns.push({
        interval: later - cohort,
        users: later === running ? null : back,
        share: later === running ? null : share,
      });
    }
    cohorts.push({ running: cohort === running, users: members.length, returns });
  }
  return cohorts;
}

describe('GET /retention', () => {
  const { forget, record, keepFrom, asking } = analysed(NOW);
  const ask = asking<Json & { cohorts: (Json & { time: string })[] }>('/retention');

  const instant = fc
    .tuple(
      fc.oneof(fc.integer({ min: -26, max: 5 }), fc.integer({ min: -90, max: 5 })),
      fc.oneof(fc.constantFrom(-1, 0, 1, HOUR, 2 * HOUR, 22 * HOUR, 23 * HOUR), fc.integer({ min: 0, max: DAY })),
    )
    .map(([day, by]) => SUNDAY + day * DAY + by);
  const row = fc.record({
    kind: fc.constantFrom<Json>(
      { event_type: 'click' },
      { event_type: 'click', interaction: 'scroll', view_id: 'v', scroll_depth: 0.5, url: '/a' },
      { event_type: 'click', reaction: 'hate', user_id: null },
      { event_type: 'sale' },
    ),
    user_id: fc.constantFrom('u1', 'u2', 'u3', 'u4', 'u5'),
    timestamp: instant,
  });
  const question = fc.record({
    interval: fc.constantFrom('day', 'week'),
    tz: fc.constantFrom('UTC', 'Europe/Madrid', 'America/New_York', 'Asia/Kathmandu'),
    one: instant,
    other: instant,
  });

  it('is what a recount says: late events, changes of clocks, the interval that runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 40 }),
        fc.array(question, { minLength: 3, maxLength: 4 }),
        async (made, questions) => {
          await forget();
          const rows = made.map(
            ({ kind, ...fields }, n) => ({ ...fields, ...kind, event_id: testUuid(n) }) as unknown as Row,
          );
          await record(rows);
          for (const { interval, tz, one, other } of questions) {
            const asked = { interval, tz, from: Math.min(one, other), to: Math.max(one, other) + 1 };
            const { status, body } = await ask(asked);
            const shown = status === 200 ? body.cohorts.map(({ time: _, ...cohort }) => cohort) : body;
            expect([status, asked, shown]).toEqual([200, asked, recount(rows, asked)]);
            for (const [n, { time }] of body.cohorts.entries()) {
              const first = intervalOf(asked.from + 1, interval, tz);
              expect(intervalOf(Date.parse(time), interval, tz)).toBe(first + n);
              expect(intervalOf(Date.parse(time) - 1, interval, tz)).toBe(first + n - 1);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 240_000);

  it('is of 30 days, or 12 weeks, that end with the one that runs, and says what it is', async () => {
    const { cohorts, definitions, missing, ...days } = (await ask({})).body;
    expect(days).toEqual({
      window: { from: '2026-03-02T23:59:59.999Z', to: '2026-04-01T23:59:59.999Z' },
      exact: true,
      interval: 'day',
      tz: 'UTC',
      computed_from: 'facts',
      as_of: new Date(NOW).toISOString(),
      lag_ms: null,
      delayed: 0,
      complete: false,
    });
    expect([cohorts.length, cohorts.at(-1)]).toMatchObject([30, { running: true, users: 0, returns: [] }]);
    expect([Object.keys(definitions as Json), (missing as Json[]).length]).toEqual([
      ['cohort', 'returned', 'share'],
      3,
    ]);
    const weeks = (await ask({ interval: 'week', tz: 'Europe/Madrid' })).body.cohorts;
    expect([weeks.length, weeks[0]!.time, weeks.at(-1)!.time]).toEqual([
      12,
      '2026-01-12T00:00:00.000+01:00',
      '2026-03-30T00:00:00.000+02:00',
    ]);
  });

  it('knows no event below the retention floor, and says so where it was asked for', async () => {
    await record(
      [-20, -2].map((day, n): Row => ({ event_type: 'click', event_id: testUuid(n), timestamp: SUNDAY + day * DAY })),
    );
    await keepFrom(SUNDAY - 6 * DAY);
    const { body } = await ask({ from: SUNDAY - 10 * DAY, to: SUNDAY });
    expect(body).toMatchObject({ exact: false, complete: false });
    expect(body.cohorts.map(({ users }) => users)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
  });

  it.each([
    ['interval=month', 'invalid_request', 'interval'],
    ['tz=PST', 'invalid_request', 'tz'],
    ['from=1763800000', 'invalid_time_range', 'from'],
    ['from=2027-01-01T00:00:00Z', 'invalid_time_range', 'from'],
    ['from=2025-01-01T00:00:00Z', 'range_too_long', 'from'],
    ['interval=week&from=2023-01-01T00:00:00Z', 'range_too_long', 'from'],
  ])('refuses %s', async (query, code, field) => {
    const { status, body } = await ask(Object.fromEntries(new URLSearchParams(query)));
    expect([status, body.code, (body.errors as { field: string }[])[0]?.field]).toEqual([400, code, field]);
  });
});
