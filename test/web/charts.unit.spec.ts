import { ceilingOf } from '../../src/web/app/src/parts/charts/scale.js';
import { pointed, pointedPlace } from '../../src/web/app/src/parts/charts/pointed.js';
import { SHOWN_MS, withMoment, type Moment } from '../../src/web/app/src/views/system/history.js';
import { parseTelemetry } from '../../src/web/app/src/views/system/telemetry.js';

describe('the scale of a chart', () => {
  it.each([
    [0, true, 4],
    [3, true, 4],
    [5, true, 8],
    [462, true, 480],
    [9_999, true, 10_000],
    [0, false, 1],
    [1.1, false, 1.2],
    [16.7, false, 20],
    [Number.NaN, true, 4],
    [-Infinity, false, 1],
  ])('of at most %p (whole: %p) ends at %p', (most, whole, end) => {
    expect(ceilingOf(most, whole)).toBe(end);
  });

  it('holds what it is of, and its quarters are as round as its figures', () => {
    for (let most = 1; most < 5_000; most += 7) {
      const end = ceilingOf(most, true);
      expect([most, end >= most, Number.isInteger(end / 4), end <= most * 1.5 + 4]).toEqual([most, true, true, true]);
    }
  });
});

describe('the moment that all charts of a view point at', () => {
  afterEach(() => (pointed.value = null));

  it('is the nearest of the times of each, and none outside of them', () => {
    const times = [1_000, 2_000, 3_000];
    const placeAt = (at: number | null) => {
      pointed.value = at;
      return pointedPlace(times);
    };
    expect([null, 1_000, 1_400, 1_600, 3_000, 3_001, 999].map(placeAt)).toEqual([null, 0, 0, 1, 2, null, null]);
    expect(pointedPlace([])).toBeNull();
  });
});

describe('what the page of the system saw', () => {
  const figures = (recorded: number, lag: string) =>
    parseTelemetry(
      `monitoreo_events_total{intake="pulsar",verdict="recorded"} ${recorded}\n` +
        `monitoreo_events_total{intake="pulsar",verdict="duplicate"} 5\n` +
        `monitoreo_consumer_lag_seconds{topic="persistent://public/default/clicks"} ${lag}\n`,
    );

  it('is a rate from the second moment on, none after a restart, and how long each topic waits', () => {
    let seen: readonly Moment[] = [];
    seen = withMoment(seen, figures(100, '0'), 10_000);
    seen = withMoment(seen, figures(150, '2.5'), 15_000);
    seen = withMoment(seen, figures(3, '0'), 20_000);
    expect(seen.map(({ rate }) => rate)).toEqual([null, 10, null]);
    expect(seen.map(({ waits }) => [...waits])).toEqual([[['clicks', 0]], [['clicks', 2.5]], [['clicks', 0]]]);
  });

  it('goes back as far as the charts', () => {
    const first = withMoment([], figures(1, '0'), 0);
    expect(withMoment(first, figures(2, '0'), SHOWN_MS - 1)).toHaveLength(2);
    expect(withMoment(first, figures(2, '0'), SHOWN_MS)).toHaveLength(1);
  });
});
