import type { Merge } from '../../src/regions/application/answers/regions.answer.js';
import { GetRegionsHandler } from '../../src/regions/application/get-regions.query.js';
import { type MergeAsked, MergeUnderWay } from '../../src/regions/application/merging/merge-log.port.js';
import type { Merger } from '../../src/regions/application/merging/merger.js';
import { RegionMerges } from '../../src/regions/application/merging/region-merges.js';
import { StartMergeCommand, StartMergeHandler } from '../../src/regions/application/merging/start-merge.command.js';
import { RegionStandings } from '../../src/regions/application/region-standings.js';
import { type MergedRegion, RegionsReader } from '../../src/regions/application/regions-reader.port.js';
import { RegionList } from '../../src/regions/domain/region-list.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { Health } from '../../src/platform/observability/health.js';
import { quietLogger, slices, TestClock } from '../support/application.js';
import { TEST_TIME } from '../support/events.js';

const ALONE = loadConfig(slices, {});
const OF_THREE = ALONE.with({
  REGION: 'a',
  REGIONS: RegionList.parse('b=http://127.0.0.1:1,c=http://127.0.0.1:2'),
});

class MemoryRegionsReader extends RegionsReader {
  readonly asked: unknown[] = [];

  merged(names: readonly string[]): Promise<readonly MergedRegion[]> {
    this.asked.push(['merged', names]);
    const last = { state: 'failed', code: 'unreachable' } as const;
    const times = { mergedUntil: new Date(TEST_TIME).toISOString(), lagMs: 5 };
    return Promise.resolve(
      names.map((name) =>
        name === 'b' ? { name, ...times, last } : { name, mergedUntil: null, lagMs: null, last: null },
      ),
    );
  }

  merges(limit: number): Promise<readonly Merge[]> {
    this.asked.push(['merges', limit]);
    return Promise.resolve([{ id: 'm-1' } as Merge]);
  }

  conflicts(limit: number) {
    this.asked.push(['conflicts', limit]);
    return Promise.resolve({ total: 7, newest: [] });
  }
}

describe('regions', () => {
  const answer = (reader: RegionsReader, config: typeof ALONE) =>
    new GetRegionsHandler(new RegionStandings(reader, config), reader, config).execute();

  it('are shown with how far they are merged, the last 20 merges and conflicts', async () => {
    const reader = new MemoryRegionsReader();
    expect(await answer(reader, OF_THREE)).toEqual({
      region: 'a',
      regions: [
        { name: 'b', merged_until: '2026-01-15T12:00:00.000Z', lag_ms: 5, status: 'unreachable' },
        { name: 'c', merged_until: null, lag_ms: null, status: 'never' },
      ],
      merges: [{ id: 'm-1' }],
      conflicts: { total: 7, newest: [] },
    });
    expect(reader.asked).toEqual([
      ['merged', ['b', 'c']],
      ['merges', 20],
      ['conflicts', 20],
    ]);
  });

  it('are none for a service that is alone', async () => {
    const reader = new MemoryRegionsReader();
    expect(await answer(reader, ALONE)).toMatchObject({ region: null, regions: [] });
    expect(reader.asked).not.toContainEqual(['merged', []]);
  });
});

describe('a merge that is asked for', () => {
  const ASKED: MergeAsked = { region: 'b', since: TEST_TIME, dryRun: true, actor: 'k1' };

  const begun = (begin: (asked: MergeAsked, stop: AbortSignal) => Promise<{ id: string; done: Promise<unknown> }>) => {
    const health = new Health(new TestClock(TEST_TIME));
    const merger = { begin } as unknown as Merger;
    const merges = new RegionMerges(merger, null as never, OF_THREE, null as never, health, quietLogger);
    const start = () => new StartMergeHandler(merges).execute(new StartMergeCommand(ASKED));
    return { start, merges, health };
  };

  it('is answered with its id when it has begun, and goes on until the service drains', async () => {
    const seen: { asked?: MergeAsked; stop?: AbortSignal } = {};
    let end = () => {};
    const done = new Promise<void>((resolve) => (end = resolve));
    const { start, merges, health } = begun((asked, stop) => {
      Object.assign(seen, { asked, stop });
      return Promise.resolve({ id: 'm-2', done });
    });
    expect(await start()).toEqual({ id: 'm-2' });
    expect([seen.asked, seen.stop!.aborted]).toEqual([ASKED, false]);
    health.drain();
    expect(seen.stop!.aborted).toBe(true);
    let isOver = false;
    const over = merges.onModuleDestroy().then(() => (isOver = true));
    await Promise.resolve();
    expect(isOver).toBe(false);
    end();
    await over;
  });

  it('is refused while another one is under way', async () => {
    await expect(begun(() => Promise.reject(new MergeUnderWay())).start()).rejects.toThrow(MergeUnderWay);
  });
});
