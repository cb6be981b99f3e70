import fc from 'fast-check';
import { TimeRange } from '../../src/events/domain/time-range.js';
import { paths } from '../../src/funnels/infrastructure/postgres/paths.sql.js';
import { testUuid } from '../support/events.js';
import type { Row } from '../support/record-rows.js';
import { analysed, type Json } from './analysed.js';
import { paths as recounted, type Shown } from './recount-paths.js';

const HOUR = 3_600_000;
/** The window of an hour begins in one week of facts and ends in another. */
const NOW = Date.parse('2026-03-30T00:20:00.000Z');
const PAGES = Array.from({ length: 8 }, (_, n) => `/page-${n}`);

interface Node extends Omit<Shown, 'branches'> {
  readonly id: number;
  readonly parent: number | null;
}

describe('GET /paths', () => {
  const { forget, record, asking, answerLength } = analysed(NOW);
  const ask = asking<Json & { nodes: Node[] }>('/paths');

  /** A parent stands before its branches. */
  const treeOf = (nodes: readonly Node[], parent: number | null = null): Shown[] =>
    nodes
      .filter((node) => node.parent === parent)
      .map(({ id, parent: _, ...node }) => {
        expect(id).toBeGreaterThan(parent ?? -1);
        return { ...node, branches: treeOf(nodes, id) };
      });

  const row = fc.record(
    {
      kind: fc.constantFrom<Json>(
        { event_type: 'click' },
        { event_type: 'click' },
        { event_type: 'click', interaction: 'view', view_id: 'v' },
        { event_type: 'click', interaction: 'scroll', view_id: 'v', scroll_depth: 0.5 },
        { event_type: 'click', reaction: 'hate' },
        { event_type: 'sale' },
      ),
      session_id: fc.constantFrom('s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', null),
      // Half of the visits are of the root, so that paths of many lengths begin there.
      url: fc.oneof(fc.constant(PAGES[0]), fc.constantFrom(...PAGES)),
      timestamp: fc.oneof(
        fc.constantFrom(NOW - HOUR, NOW - HOUR + 1, NOW, NOW + 1),
        fc.integer({ min: NOW - 40, max: NOW }),
      ),
    },
    { requiredKeys: ['kind', 'session_id', 'url', 'timestamp'] },
  );

  it('is what a tree built session by session says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 70 }), fc.constantFrom(...PAGES.slice(0, 2)), async (made, page) => {
        await forget();
        const rows = made.map(
          ({ kind, ...fields }, n) => ({ ...fields, ...kind, event_id: testUuid(n) }) as unknown as Row,
        );
        await record(rows);
        for (const direction of ['from', 'to'] as const) {
          const { status, body } = await ask({ [direction]: page, period: '1h' });
          const { nodes, sessions, excluded } = body;
          const expected = recounted(rows, page, direction, NOW - HOUR, NOW);
          const found = { sessions, excluded, tree: status === 200 ? (treeOf(nodes)[0] ?? null) : null };
          expect([status, direction, found]).toEqual([200, direction, expected]);
        }
      }),
      { numRuns: 60 },
    );
  }, 240_000);

  it('shows five branches, and says how many it leaves out', async () => {
    const rows = PAGES.slice(1).flatMap((next, n): Row[] => [
      { event_type: 'click', session_id: `s${n}`, url: PAGES[0], event_id: testUuid(2 * n), timestamp: NOW - 2 },
      { event_type: 'click', session_id: `s${n}`, url: next, event_id: testUuid(2 * n + 1), timestamp: NOW - 1 },
    ]);
    await record(rows);
    const { body } = await ask({ from: PAGES[0]!, period: '1h' });
    expect(body.nodes).toHaveLength(6);
    expect(body.nodes[0]).toEqual({
      id: 0,
      parent: null,
      step: 0,
      page_url: PAGES[0],
      sessions: 7,
      share: 100,
      ended: 0,
      rest: { pages: 2, sessions: 2 },
    });
    expect(body).toMatchObject({ direction: 'from', period: '1h', computed_from: 'facts', exact: true, excluded: 0 });
  });

  it.each([{}, { from: '/a', to: '/b' }])('refuses %j: one of the two', async (query) => {
    const { status, body } = await ask(query);
    expect([status, body.code, (body.errors as { field: string }[]).map(({ field }) => field)]).toEqual([
      400,
      'invalid_request',
      ['from', 'to'],
    ]);
  });

  it.each(['from', 'to'])('refuses a page in %s that no event can have', async (field) => {
    for (const page of ['', `/${'a'.repeat(2048)}`, '/\0']) {
      const { status, body } = await ask({ [field]: page });
      expect([status, body.code]).toEqual([400, 'invalid_request']);
    }
  });

  it('reads each address once for a path that ends with it, however long the path is', async () => {
    const long = (n: number) => `/${n}${'a'.repeat(2000)}`;
    const visits = Array.from({ length: 6 }, (_, n) => ({
      event_id: testUuid(n),
      event_type: 'click',
      session_id: 's1',
      url: long(n),
      timestamp: NOW - 1000 + n,
    }));
    await record(visits as unknown as Row[]);
    const statement = paths(long(0), 'from', TimeRange.halfOpen(NOW - HOUR, NOW + 1), { steps: 5, branches: 5 });
    expect(await answerLength(statement)).toBeLessThan(7 * 2000);
    const { body } = await ask({ from: long(0), period: '1h' });
    expect(body.nodes.map(({ parent }) => parent)).toEqual([null, 0, 1, 2, 3, 4]);
  });
});
