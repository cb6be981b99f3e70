import fc from 'fast-check';
import { parseSteps } from '../../src/funnels/domain/step.js';
import { MOST_WITHIN_MS, withinOf } from '../../src/funnels/domain/patience.js';
import type { PathsNode } from '../../src/funnels/application/answers/paths.answer.js';
import type { Retention } from '../../src/funnels/application/answers/retention.answer.js';
import type { Journey, JourneySession } from '../../src/journeys/application/answers/journey.answer.js';
import { joined, parted } from '../../src/web/app/src/parts/comma-list.js';
import {
  isComplete,
  type Kind,
  KINDS,
  LEAST_STEPS,
  MOST_STEPS,
  readSteps,
  readWithin,
  withinMs,
  WITHINS,
  withinText,
  writeSteps,
} from '../../src/web/app/src/views/funnel/steps.js';
import { columnsOf, inOrder } from '../../src/web/app/src/views/paths/tree.js';
import { largestShare, returnedAfter, shadeOf, sinceFirst } from '../../src/web/app/src/views/retention/returns.js';
import { gapsBefore, placeIn, withPage } from '../../src/web/app/src/views/user/sessions.js';

const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .filter((one) => !/\p{Cs}/u.test(one) && one.trim() !== '');

describe('texts in one parameter', () => {
  it('come back as they were, commas and percent signs in them too', () => {
    fc.assert(fc.property(fc.array(text), (texts) => expect(parted(joined(texts))).toEqual(texts)));
  });

  it('that cannot be decoded are left out', () => {
    expect(parted('/a,%zz,,/b%2Cc')).toEqual(['/a', '/b,c']);
  });
});

describe('the steps of a funnel', () => {
  const step = fc
    .tuple(fc.constantFrom<Kind>(...KINDS), text)
    .map(([kind, value]) => ({ kind, value: /[@:]$/.test(kind) ? value : '' }));
  const steps = fc.array(step, { minLength: LEAST_STEPS, maxLength: MOST_STEPS });

  it('are written as the API reads them, and come back from an address as they were', () => {
    fc.assert(
      fc.property(
        steps.filter((all) => !all.some(({ value }) => value.includes('\0'))),
        (all) => {
          const written = writeSteps(all);
          expect(readSteps(written)).toEqual(all);
          const asked = parseSteps(written);
          expect(asked.map(({ kind }) => kind)).toEqual(all.map(({ kind }) => kind.replace(/[@:]$/, '')));
          expect(asked.map(({ pageUrl, conversionType }) => pageUrl ?? conversionType ?? '')).toEqual(
            all.map(({ value }) => value),
          );
        },
      ),
    );
  });

  it.each([null, '', 'click', 'nothing,click', 'view@,sale', '%zz,click'])('of %p are the usual ones', (address) => {
    expect(writeSteps(readSteps(address))).toBe('click,conversion,sale');
  });

  it('are at most six, and what is none is left out', () => {
    expect(readSteps(Array.from({ length: 9 }, () => 'click').join(','))).toHaveLength(6);
    expect(writeSteps(readSteps('click,mystery,sale'))).toBe('click,sale');
  });

  it('say what is missing', () => {
    expect(isComplete({ kind: 'sale', value: '' })).toBe(true);
    expect(isComplete({ kind: 'view@', value: ' ' })).toBe(false);
    expect(isComplete({ kind: 'conversion:', value: 'signup' })).toBe(true);
  });

  it('are within a time that the API takes', () => {
    for (const within of WITHINS) expect([within, withinMs(within)]).toEqual([within, withinOf(within)]);
    expect(Math.max(...WITHINS.map(withinMs))).toBe(MOST_WITHIN_MS);
    expect([withinText('30m'), withinText('24h')]).toEqual(['30 min', '24 h']);
    expect([readWithin('45m'), readWithin('a year'), readWithin(null)]).toEqual(['45m', '24h', '24h']);
  });
});

describe('the tree of paths', () => {
  const node = (id: number, parent: number | null, page_url: string, sessions: number, ended = 0): PathsNode => ({
    id,
    parent,
    step: 0,
    page_url,
    sessions,
    share: 0,
    ended,
    rest: { pages: 0, sessions: 0 },
  });
  const nodes = [
    node(0, null, '/', 10, 1),
    node(1, 0, '/a', 6, 2),
    node(2, 0, '/b', 3, 0),
    node(3, 1, '/c', 4, 4),
    node(4, 2, '/a', 3, 3),
  ];
  const shown = (chosen: string[]) =>
    columnsOf(nodes, chosen).map(({ of, branches, chosen: next }) => [
      of.page_url,
      branches.map(({ page_url }) => page_url),
      next?.page_url ?? null,
    ]);

  it('goes on with the page that most took, where none is chosen', () => {
    expect(shown([])).toEqual([
      ['/', ['/a', '/b'], '/a'],
      ['/a', ['/c'], '/c'],
      ['/c', [], null],
    ]);
  });

  it('goes on with the chosen page, and as if none was where that page is no more', () => {
    expect(shown(['/b'])).toEqual([
      ['/', ['/a', '/b'], '/b'],
      ['/b', ['/a'], '/a'],
      ['/a', [], null],
    ]);
    expect(shown(['/gone', '/a'])).toEqual(shown([]));
  });

  it('ends where nothing is known to follow', () => {
    expect(columnsOf([node(0, null, '/', 4)], [])).toEqual([]);
    expect(columnsOf([], ['/a'])).toEqual([]);
  });

  it('is read branch by branch', () => {
    expect(inOrder(nodes).map(({ id }) => id)).toEqual([0, 1, 3, 2, 4]);
    expect(inOrder([])).toEqual([]);
  });
});

describe('who came back', () => {
  type Cohort = Retention['cohorts'][number];
  const cohort = (users: number, ...backs: (number | null)[]): Cohort => ({
    time: '2026-01-05T00:00:00.000Z',
    running: false,
    users,
    returns: backs.map((back, n) => ({
      interval: n + 1,
      users: back,
      share: back === null ? null : users === 0 ? 0 : (back / users) * 100,
    })),
  });
  const cohorts = [cohort(10, 5, 2, null), cohort(30, 3, null), cohort(4, null), cohort(0)];

  it.each([
    [1, 8, 40, 20],
    [2, 2, 10, 20],
    [3, 0, 0, null],
    [9, 0, 0, null],
  ])('%i later: of the cohorts for which that is over', (later, users, of, share) => {
    expect(returnedAfter(cohorts, later)).toEqual({ users, of, share });
  });

  it('is shown from the first cohort on that is of anybody', () => {
    expect(sinceFirst([cohort(0), ...cohorts])).toEqual(cohorts);
    expect(sinceFirst([cohort(0)])).toEqual([]);
  });

  it('is the darker the more they are, never so dark that text is lost', () => {
    expect(largestShare(cohorts)).toBe(50);
    expect([0, 25, 50].map((share) => shadeOf(share, 50))).toEqual([0, 25, 50]);
    expect(shadeOf(0, 0)).toBe(0);
  });
});

describe('a journey in pages', () => {
  const at = (seconds: number) => new Date(Date.parse('2026-01-15T12:00:00.000Z') + seconds * 1000).toISOString();
  const session = (id: string, from: number, to: number, events: string[], continued = false) =>
    ({
      session_id: id,
      started_at: at(from),
      ended_at: at(to),
      duration_ms: (to - from) * 1000,
      continued,
      events: events.map((event_id) => ({ event_id })),
    }) as unknown as JourneySession;
  const page = (...sessions: JourneySession[]) => ({ sessions }) as unknown as Journey;
  const shown = (pages: Journey[]) =>
    pages
      .reduce<ReturnType<typeof withPage> | null>(withPage, null)!
      .sessions.map(({ session_id, continued, events }) => [session_id, continued, events.map((one) => one.event_id)]);

  it('is one: a session that a page cut in two is one again', () => {
    const pages = [
      page(session('a', 0, 9, ['1', '2']), session('b', 20, 90, ['3'])),
      page(session('b', 20, 90, ['4', '5'], true)),
      page(session('b', 20, 90, ['6'], true), session('c', 99, 99, ['7'])),
      page(session('d', 120, 130, ['8'])),
      page(),
    ];
    expect(shown(pages)).toEqual([
      ['a', false, ['1', '2']],
      ['b', false, ['3', '4', '5', '6']],
      ['c', false, ['7']],
      ['d', false, ['8']],
    ]);
  });

  it('has gaps from the end of all that was before', () => {
    const sessions = [session('a', 0, 100, []), session('b', 10, 20, []), session('c', 190, 200, [])];
    expect(gapsBefore(sessions)).toEqual([0, -90_000, 90_000]);
    expect(gapsBefore([])).toEqual([]);
  });

  it('places its events in their session', () => {
    expect([0, 25, 100].map((seconds) => placeIn(session('a', 0, 100, []), at(seconds)))).toEqual([0, 0.25, 1]);
    expect(placeIn(session('a', 5, 5, []), at(5))).toBe(0);
  });
});
