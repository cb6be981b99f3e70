import fc from 'fast-check';
import { BIN_MS, emptyBin, type LiveBin, SHOWN_BINS, startOf } from './watching-client.js';
import { RecentBins } from '../../src/live/domain/recent-bins.js';
import { recount, WatchingClient } from './watching-client.js';

const START = Date.parse('2026-01-15T12:00:00.000Z');

describe('the bins of the last ten minutes', () => {
  it('a bin closes two seconds after its end, once', () => {
    const recent = new RecentBins();
    recent.take({ now: START, bins: [] });
    const closedAt = (now: number) => recent.take({ now, bins: [] }).closed.map(({ start }) => start - START);
    expect(closedAt(START + 1_999)).toEqual([]);
    expect(closedAt(START + 2_000)).toEqual([-2_000]);
    expect(closedAt(START + 3_000)).toEqual([]);
    expect(closedAt(START + 8_000)).toEqual([0, 2_000, 4_000]);
  });

  it('a late event sends its bin again, as a correction; one beyond ten minutes does not', () => {
    const recent = new RecentBins();
    recent.take({ now: START, bins: [] });
    const late: LiveBin = { ...emptyBin(START - 590_000), cheers: 1 };
    const lost: LiveBin = { ...emptyBin(START - 602_000), cheers: 1 };
    expect(recent.take({ now: START + 1_000, bins: [lost, late] }).corrected).toEqual([late]);
    expect(recent.take({ now: START + 1_500, bins: [lost, late] }).corrected).toEqual([]);
  });

  it('who comes gets 60 bins, the last one open; who comes back also what closed since, or is told of the gap', () => {
    const recent = new RecentBins();
    recent.take({ now: START + 1, bins: [] });
    const offsets = (lastSeen: number | null) => {
      const { gap, bins } = recent.catchUp(lastSeen);
      return { gap, first: bins[0]!.start - START, count: bins.length, last: bins.at(-1)!.start - START };
    };
    const shown = { gap: null, first: -118_000, count: SHOWN_BINS, last: 0 };
    expect(offsets(null)).toEqual(shown);
    expect(offsets(START - 10_000)).toEqual(shown);
    expect(offsets(START - 300_000)).toEqual({ gap: null, first: -298_000, count: 150, last: 0 });
    const gap = { from: START - 998_000, to: START - 118_000 };
    expect(offsets(START - 1_000_000)).toEqual({ ...shown, gap });
    // An id of a time to come is nobody's.
    expect(offsets(START + 1_000_000)).toEqual(shown);
  });

  it('a client has what a recount by two seconds says, at every tick, through late events, reconnects and a move', () => {
    const tick = fc.record({
      ms: fc.integer({ min: 300, max: 5_000 }),
      events: fc.array(fc.record({ age: fc.integer({ min: 0, max: 700_000 }), kind: fc.integer({ min: 0, max: 4 }) }), {
        maxLength: 6,
      }),
      happens: fc.constantFrom('nothing', 'nothing', 'reconnect', 'move', 'stall', 'away'),
    });
    fc.assert(
      fc.property(fc.array(tick, { minLength: 1, maxLength: 60 }), fc.boolean(), (ticks, early) => {
        const occurred: { at: number; kind: number }[] = [];
        let now = START;
        const replicas = [new RecentBins(), new RecentBins()];
        let at = 0;
        const client = new WatchingClient();
        const snapshot = () => ({ now, bins: recount(occurred, now - 610_000, now) });
        for (const replica of replicas) replica.take(snapshot());
        client.connect(replicas[at]!);
        for (const { ms, events, happens } of ticks) {
          now += happens === 'away' ? ms * 200 : ms;
          for (const { age, kind } of events) occurred.push({ at: now - (early ? age / 100 : age), kind });
          const steps = replicas.map((replica) => replica.take(snapshot()));
          if (happens === 'move') at = 1 - at;
          if (happens === 'nothing') client.step(steps[at]!);
          else if (happens === 'stall') client.resume(replicas[at]!);
          else client.connect(replicas[at]!);
          const shownFrom = startOf(now) - (SHOWN_BINS - 1) * BIN_MS;
          expect(client.state()).toEqual(recount(occurred, shownFrom, now, true));
        }
      }),
    );
  });
});
