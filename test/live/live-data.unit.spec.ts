import { GetLiveDataHandler, GetLiveDataQuery } from '../../src/live/application/get-live-data.query.js';
import { GetOlderLiveDataHandler } from '../../src/live/application/get-older-live-data.query.js';
import { emptyBin, SHOWN_BINS } from '../../src/live/domain/live-bin.js';
import { TEST_TIME } from '../support/events.js';
import { MemoryLive } from './memory-live.js';

const NOW = TEST_TIME + 1_250;

describe('live data', () => {
  let reader: MemoryLive;
  beforeEach(() => {
    reader = new MemoryLive(NOW);
    reader.votes = [
      { reaction: 'cheers', occurredAt: TEST_TIME - 2_000 },
      { reaction: 'hate', occurredAt: TEST_TIME - 1_500 },
      { reaction: 'cheers', occurredAt: TEST_TIME },
    ];
  });

  it('are 60 bins, oldest first and the empty ones included; a bin is final 2 s after its end', async () => {
    reader.bins = [{ ...emptyBin(TEST_TIME - 2_000), cheers: 1, hate: 1 }];
    const { bins, server_time } = await new GetLiveDataHandler(reader).execute(new GetLiveDataQuery(null));
    expect(server_time).toBe('2026-01-15T12:00:01.250Z');
    expect([bins.length, bins[0]!.time]).toEqual([SHOWN_BINS, '2026-01-15T11:58:02.000Z']);
    const nothing = { clicks: 0, conversions: 0, sales: 0, cheers: 0, hate: 0 };
    expect(bins.slice(-3)).toEqual([
      { time: '2026-01-15T11:59:56.000Z', ...nothing, final: true },
      { time: '2026-01-15T11:59:58.000Z', ...nothing, cheers: 1, hate: 1, final: false },
      { time: '2026-01-15T12:00:00.000Z', ...nothing, final: false },
    ]);
  });

  it('have totals of all votes, or of those later than a time', async () => {
    const handler = new GetLiveDataHandler(reader);
    const of = async (since: number | null) => {
      const answer = await handler.execute(new GetLiveDataQuery(since));
      return [answer.since, answer.totals];
    };
    expect(await of(null)).toEqual([null, { cheers: 2, hate: 1 }]);
    const since = '2026-01-15T11:59:58.500Z';
    expect(await of(Date.parse(since))).toEqual([since, { cheers: 1, hate: 0 }]);
  });

  it('are read once for all who ask the same at the same time', async () => {
    const handler = new GetLiveDataHandler(reader);
    const asked = Array.from({ length: 5 }, () => handler.execute(new GetLiveDataQuery(null)));
    const [first, ...others] = await Promise.all(asked);
    for (const other of others) expect(other).toBe(first);
    expect(reader.readings).toBe(1);
  });

  it('that cannot be read fail, and are read again', async () => {
    const handlers = [
      () => new GetLiveDataHandler(reader).execute(new GetLiveDataQuery(null)),
      () => new GetOlderLiveDataHandler(reader).execute(),
    ];
    for (const ask of handlers) {
      const away = jest.spyOn(reader, 'recentBins').mockRejectedValueOnce(new Error('away'));
      await expect(ask()).rejects.toThrow('away');
      expect(await ask()).toBeDefined();
      away.mockRestore();
    }
  });
});

describe('live data for the older dashboard', () => {
  const data = async (reader: MemoryLive) => {
    const bytes = await new GetOlderLiveDataHandler(reader).execute();
    return JSON.parse(bytes.toString()) as { recent_history: unknown[] };
  };

  it('have its words: the second reaction, an entry a vote, times in seconds', async () => {
    const reader = new MemoryLive(NOW);
    reader.votes = [
      { reaction: 'cheers', occurredAt: TEST_TIME },
      { reaction: 'hate', occurredAt: TEST_TIME + 500 },
    ];
    expect(await data(reader)).toEqual({
      totals: { cheers: 1, fuck: 1 },
      recent_history: [
        { type: 'cheers', timestamp: TEST_TIME / 1_000 },
        { type: 'fuck', timestamp: TEST_TIME / 1_000 + 0.5 },
      ],
      server_time: NOW / 1_000,
    });
  });

  it('hold the newest 10,000 votes at most, and are read once for all', async () => {
    const reader = new MemoryLive(NOW);
    reader.votes = Array.from({ length: 10_001 }, (_, n) => ({ reaction: 'cheers', occurredAt: TEST_TIME + n }));
    const { recent_history } = await data(reader);
    expect([recent_history.length, recent_history[0]]).toEqual([
      10_000,
      { type: 'cheers', timestamp: (TEST_TIME + 1) / 1_000 },
    ]);
    const handler = new GetOlderLiveDataHandler(reader);
    const [one, other] = await Promise.all([handler.execute(), handler.execute()]);
    expect(other).toBe(one);
  });
});
