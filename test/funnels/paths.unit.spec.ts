import { GetPathsHandler, GetPathsQuery } from '../../src/funnels/application/get-paths.query.js';
import {
  type CountedPath,
  type CountedPaths,
  type Direction,
  PathsReader,
} from '../../src/funnels/application/paths-reader.port.js';
import type { TimeRange } from '../../src/events/domain/time-range.js';
import { MetricsInMemory } from '../metrics/application/metrics-in-memory.js';
import { TEST_TIME } from '../support/events.js';

class MemoryPaths extends PathsReader {
  exact = true;
  asked: unknown = null;

  constructor(private readonly paths: readonly CountedPath[]) {
    super();
  }

  count(page: string, direction: Direction, window: TimeRange, most: object): Promise<CountedPaths> {
    this.asked = [page, direction, window.toWindow(), most];
    return Promise.resolve({ paths: this.paths, excluded: 7, window, exact: this.exact });
  }
}

function pathsOf(reader: MemoryPaths, direction: Direction = 'from') {
  const { freshness, cache, clock } = new MetricsInMemory(TEST_TIME);
  return new GetPathsHandler(reader, freshness, cache, clock).execute(new GetPathsQuery('/a', direction, '1h'));
}

const path = (parent: number | null, page: string, sessions: number, ended: number, branches: number): CountedPath => ({
  parent,
  page,
  sessions,
  ended,
  branches,
});

describe('paths', () => {
  const window = { from: '2026-01-15T11:00:00.000Z', to: '2026-01-15T12:00:00.000Z' };

  it('are a tree: each page with its share of the page before, and with what is not shown of what follows', async () => {
    const reader = new MemoryPaths([path(null, '/a', 10, 1, 3), path(0, '/b', 6, 6, 0), path(0, '/c', 2, 0, 1)]);
    const answer = await pathsOf(reader, 'to');
    expect(reader.asked).toEqual(['/a', 'to', window, { steps: 5, branches: 5 }]);
    expect(answer).toMatchObject({
      period: '1h',
      window,
      page_url: '/a',
      direction: 'to',
      sessions: 10,
      excluded: 7,
      complete: true,
    });
    expect(answer.nodes).toEqual([
      {
        id: 0,
        parent: null,
        step: 0,
        page_url: '/a',
        sessions: 10,
        share: 100,
        ended: 1,
        rest: { pages: 1, sessions: 1 },
      },
      { id: 1, parent: 0, step: 1, page_url: '/b', sessions: 6, share: 60, ended: 6, rest: { pages: 0, sessions: 0 } },
      { id: 2, parent: 0, step: 1, page_url: '/c', sessions: 2, share: 20, ended: 0, rest: { pages: 1, sessions: 2 } },
    ]);
  });

  it('end at the fifth step, where nobody knows what follows', async () => {
    const steps = [0, 1, 2, 3, 4, 5].map((n) => path(n === 0 ? null : n - 1, `/${n}`, 4, 1, n === 5 ? 2 : 1));
    const { nodes } = await pathsOf(new MemoryPaths(steps));
    expect(nodes.map(({ step, ended }) => [step, ended])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 0],
    ]);
    expect(nodes.at(-1)!.rest).toEqual({ pages: 0, sessions: 0 });
  });

  it('of a page where nobody came are none', async () => {
    expect(await pathsOf(new MemoryPaths([]))).toMatchObject({ sessions: 0, nodes: [] });
  });

  it('are not complete where the window is no longer kept', async () => {
    const reader = new MemoryPaths([]);
    reader.exact = false;
    expect(await pathsOf(reader)).toMatchObject({ exact: false, complete: false, missing: [{ reason: 'retention' }] });
  });
});
