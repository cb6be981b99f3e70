import type { LiveBinView } from '../../src/live/application/answers/live.answer.js';
import { type Store, type Vote, VoteQueue } from '../../src/web/app/src/clicker/queue.js';
import { rateOf, withBins, withData } from '../../src/web/app/src/views/live/bins.js';
import { parseTelemetry, sumOf } from '../../src/web/app/src/views/system/telemetry.js';
import { eventually } from '../support/waiting.js';

const START = Date.parse('2026-01-15T12:00:00.000Z');
const timeAt = (seconds: number) => new Date(START + seconds * 1000).toISOString();

describe('the bins of the live view', () => {
  const bin = (seconds: number, cheers: number, final = true): LiveBinView => ({
    time: timeAt(seconds),
    clicks: 0,
    conversions: 0,
    sales: 0,
    cheers,
    hate: 0,
    final,
  });

  it('are replaced by their time, and what is new in them is new in the totals', () => {
    const first = { bins: [bin(0, 2), bin(2, 1, false)], totals: { cheers: 100, hate: 0 } };
    const next = withBins(first, [bin(2, 4), bin(4, 1, false)]);
    expect(next.bins.map(({ cheers }) => cheers)).toEqual([2, 4, 1]);
    expect(next.totals).toEqual({ cheers: 104, hate: 0 });
    // A correction of what is no longer shown: nobody here knows what is new in it.
    expect(withBins(next, [bin(-300, 7)])).toEqual(next);
  });

  it('keep what came while a whole answer was asked for: the answer may be older', () => {
    const data = { totals: { cheers: 10, hate: 0 }, since: null, bins: [bin(0, 2), bin(2, 1, false)], server_time: '' };
    expect(withData(data, [])).toEqual({ bins: data.bins, totals: data.totals });
    const after = withData(data, [[bin(2, 4), bin(4, 1, false)], [bin(4, 3, false)]]);
    expect(after.bins.map(({ cheers, final }) => [cheers, final])).toEqual([
      [2, true],
      [4, true],
      [3, false],
    ]);
    expect(after.totals).toEqual({ cheers: 16, hate: 0 });
  });

  it('are at most 60, the newest', () => {
    const many = Array.from({ length: 70 }, (_, at) => bin(at * 2, 1));
    const { bins } = withBins({ bins: [], totals: { cheers: 0, hate: 0 } }, many);
    expect([bins.length, bins[0]!.time]).toEqual([60, timeAt(20)]);
    expect(rateOf([...bins, bin(140, 50, false)], 'cheers')).toBe(0.5);
  });
});

describe('figures of the service', () => {
  it('are read from the text format, labels with signs in them too', () => {
    const figures = parseTelemetry('# HELP a b\na{x="1",y="q\\"}"} 2\na{x="2"} 3.5\nb 1e3\n');
    expect(figures.get('a')).toEqual([
      { labels: { x: '1', y: 'q\\"}' }, value: 2 },
      { labels: { x: '2' }, value: 3.5 },
    ]);
    expect([sumOf(figures.get('a')), sumOf(figures.get('b')), sumOf(undefined)]).toEqual([5.5, 1000, 0]);
  });
});

describe('votes that wait', () => {
  const vote = (n: number): Vote => ({ event_id: `v${n}`, type: 'cheers' });
  const memory = (kept: Vote[] = []): Store & { kept: readonly Vote[] } => ({
    kept,
    read() {
      return this.kept;
    },
    write(votes) {
      this.kept = [...votes];
    },
  });

  it('are sent again under their own id until they are taken, and survive a reload', async () => {
    const sent: string[] = [];
    let away = true;
    const store = memory();
    const queue = new VoteQueue(
      ({ event_id }) => {
        sent.push(event_id);
        return Promise.resolve(!away);
      },
      store,
      () => undefined,
    );
    queue.add(vote(1));
    queue.add(vote(2));
    await eventually(() => queue.failing, { within: 2_000, what: 'a try fails' });
    expect(store.kept.map(({ event_id }) => event_id)).toEqual(['v1', 'v2']);
    away = false;
    await eventually(() => queue.length === 0, { within: 5_000, what: 'both are taken' });
    expect(new Set(sent)).toEqual(new Set(['v1', 'v2']));
    expect([queue.failing, store.kept]).toEqual([false, []]);

    const reloaded = new VoteQueue(
      () => Promise.resolve(true),
      memory([vote(3)]),
      () => undefined,
    );
    reloaded.go();
    await eventually(() => reloaded.length === 0, { within: 2_000, what: 'the kept one is taken' });
  });
});
