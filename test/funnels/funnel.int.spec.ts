import fc from 'fast-check';
import { testUuid } from '../support/events.js';
import type { Row } from '../support/record-rows.js';
import { analysed, type Json } from './analysed.js';
import * as recount from './recount.js';

const MINUTE = 60_000;
/** Facts of two weeks: the next one begins a minute later. */
const BASE = Date.parse('2026-03-29T23:59:00.000Z');
const NOW = BASE + 3 * MINUTE;
const PAGES = ['https://shop.example/a,b', 'https://shop.example/50%'];
const encoded = PAGES.map((page) => page.replace('%', '%25').replace(',', '%2C'));

describe('GET /funnel', () => {
  const { forget, record, keepFrom, asking } = analysed(NOW);
  const ask = asking('/funnel');

  const row = fc.record(
    {
      kind: fc.constantFrom<Json>(
        { event_type: 'click' },
        { event_type: 'click' },
        { event_type: 'click', x: 0.5, y: 0.5, user_id: null },
        { event_type: 'click', reaction: 'cheers' },
        { event_type: 'click', interaction: 'view', view_id: 'v', url: PAGES[0] },
        { event_type: 'click', interaction: 'scroll', view_id: 'v', scroll_depth: 0.5, url: PAGES[0] },
        { event_type: 'conversion', conversion_type: 'signup' },
        { event_type: 'conversion' },
        { event_type: 'sale', amount: '19.9', currency: 'EUR' },
      ),
      id: fc.integer({ min: 0, max: 1000 }),
      user_id: fc.constantFrom('u1', 'u1', 'u2'),
      session_id: fc.constantFrom('s1', 's2'),
      url: fc.constantFrom(...PAGES),
      timestamp: fc
        .tuple(fc.constantFrom(0, MINUTE, 2 * MINUTE), fc.constantFrom(-1, 0, 0, 0, 1))
        .map(([minute, by]) => BASE + minute + by),
    },
    { requiredKeys: ['kind', 'id', 'user_id', 'timestamp'] },
  );
  const question = fc.record({
    steps: fc.oneof(
      fc.constantFrom(
        'click,conversion:signup,sale',
        'click,click',
        `click,click@${encoded[0]}`,
        `click@${encoded[0]},click,click@${encoded[0]}`,
        `click@${encoded[1]},click,click,click`,
        'conversion,conversion:signup,conversion',
        `view@${encoded[0]},click,conversion`,
        'sale,click,sale,click',
      ),
      fc
        .array(
          fc.constantFrom(
            'click',
            'conversion',
            'sale',
            'conversion:signup',
            `click@${encoded[0]}`,
            `view@${encoded[0]}`,
          ),
          { minLength: 2, maxLength: 6 },
        )
        .map((steps) => steps.join(',')),
    ),
    by: fc.constantFrom<'user' | 'session'>('user', 'session'),
    minutes: fc.constantFrom(1, 2, 1440),
    page_url: fc.option(fc.constantFrom(...PAGES), { nil: undefined }),
    from: fc.constantFrom(-MINUTE, -1, 0, MINUTE).map((by) => BASE + by),
    to: fc.constantFrom(MINUTE, MINUTE + 1, 2 * MINUTE).map((by) => BASE + by),
  });

  it('is what trying every chain says: ties, repeats, steps out of order, chains that end after the window', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { maxLength: 14, selector: ({ id }) => id }),
        fc.array(question, { minLength: 3, maxLength: 5 }),
        async (made, questions) => {
          await forget();
          const rows = made.map(
            ({ kind, id, ...fields }) => ({ ...fields, ...kind, event_id: testUuid(id) }) as unknown as Row,
          );
          await record(rows);
          for (const { minutes, ...asked } of questions) {
            const { status, body } = await ask({ ...asked, within: `${minutes}m` });
            const { steps, excluded, maturing } = body;
            const expected = recount.funnel(rows, { ...asked, withinMs: minutes * MINUTE, now: NOW });
            expect([status, asked, minutes, { steps, excluded, maturing }]).toEqual([200, asked, minutes, expected]);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 240_000);

  it('says what it is', async () => {
    const { body } = await ask({ steps: 'click,sale', within: '24h', period: '1h' });
    expect(body).toMatchObject({
      period: '1h',
      window: { from: new Date(NOW - 3_600_000).toISOString(), to: new Date(NOW).toISOString() },
      by: 'user',
      within: '24h',
      page_url: null,
      exact: true,
      computed_from: 'facts',
      as_of: new Date(NOW).toISOString(),
      complete: false,
      steps: [
        { step: 'click', count: 0, rate_from_previous: null, rate_from_first: 0, median_ms: null, p90_ms: null },
        { step: 'sale', count: 0, rate_from_previous: 0, rate_from_first: 0, median_ms: null, p90_ms: null },
      ],
      excluded: 0,
      maturing: 0,
    });
    expect(Object.keys(body.definitions as Json)).toEqual(expect.arrayContaining(['start', 'next', 'within']));
  });

  it('compares with the window before, and with the same clock times of an earlier day, week or year', async () => {
    // Madrid's clocks went forward the night before: a day by them is 23 hours, from Saturday's 12:00 to Sunday's 12:00.
    const [from, to] = ['2026-03-29T12:00:00+02:00', '2026-03-29T13:00:00+02:00'];
    const windows = {
      previous: ['2026-03-29T09:00:00.000Z', '2026-03-29T10:00:00.000Z'],
      day: ['2026-03-28T11:00:00.000Z', '2026-03-28T12:00:00.000Z'],
      week: ['2026-03-22T11:00:00.000Z', '2026-03-22T12:00:00.000Z'],
      year: ['2025-03-29T11:00:00.000Z', '2025-03-29T12:00:00.000Z'],
    };
    const clicks = Object.values(windows).map(([, end], n): Row => ({
      event_type: 'click',
      user_id: `u${n}`,
      event_id: testUuid(n),
      timestamp: Date.parse(end!),
    }));
    await record(clicks);
    for (const [compare, [earlier, later]] of Object.entries(windows)) {
      const { body } = await ask({ steps: 'click,sale', from, to, compare, tz: 'Europe/Madrid' });
      expect(body.steps).toMatchObject([{ count: 0 }, { count: 0 }]);
      expect([compare, body.comparison]).toMatchObject([
        compare,
        { window: { from: earlier, to: later }, steps: [{ count: 1 }, { count: 0 }], exact: true },
      ]);
    }
  });

  it('leaves out what lies below the retention floor, and says so', async () => {
    await record([
      { event_type: 'click', event_id: testUuid(1), timestamp: BASE },
      { event_type: 'click', user_id: 'other', event_id: testUuid(2), timestamp: BASE + MINUTE },
    ]);
    await keepFrom(BASE + MINUTE);
    const { body } = await ask({ steps: 'click,sale', from: BASE - MINUTE, to: BASE + 2 * MINUTE });
    expect(body).toMatchObject({ exact: false, complete: false, steps: [{ count: 1 }, { count: 0 }] });
    expect((body.window as Json).from).toBe(new Date(BASE + MINUTE - 1).toISOString());
  });

  it.each([
    [{ steps: 'click' }, 'invalid_steps', 'steps'],
    [{ steps: 'click,sale,click,sale,click,sale,click' }, 'invalid_steps', 'steps'],
    [{ steps: 'click,scroll' }, 'invalid_steps', 'steps'],
    [{ steps: 'click,' }, 'invalid_steps', 'steps'],
    [{ steps: 'click,view' }, 'invalid_steps', 'steps'],
    [{ steps: 'click,sale:EUR' }, 'invalid_steps', 'steps'],
    [{ steps: 'click,conversion:' }, 'invalid_steps', 'steps'],
    [{ steps: 'click,conversion:50%' }, 'invalid_steps', 'steps'],
    [{ steps: 'click,conversion:%00' }, 'invalid_steps', 'steps'],
    [{ within: '7' }, 'invalid_request', 'within'],
    [{ within: '0d' }, 'invalid_request', 'within'],
    [{ within: '91d' }, 'invalid_request', 'within'],
    [{ tz: 'PST' }, 'invalid_request', 'tz'],
    [{ by: 'page' }, 'invalid_request', 'by'],
    [{ compare: 'month' }, 'invalid_request', 'compare'],
    [{ from: 1_763_800_000 }, 'invalid_time_range', 'from'],
    [{ from: '2001-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'range_too_long', 'from'],
  ])('refuses %j', async (query, code, field) => {
    const { status, body } = await ask(query);
    expect([status, body.code, (body.errors as { field: string }[])[0]?.field]).toEqual([400, code, field]);
  });
});
