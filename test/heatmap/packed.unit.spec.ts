import fc from 'fast-check';
import { HOUR_MS } from '../../src/events/domain/calendar.js';
import { TimeRange } from '../../src/events/domain/time-range.js';
import { Grid } from '../../src/heatmap/domain/grid.js';
import { BAND_BITS, clickCountsOf, NO_BAND, OTHER_LAYER, REST_BITS } from '../../src/heatmap/domain/packed-clicks.js';
import {
  DEVICE_SHIFT,
  type HourOfViews,
  NO_STEP,
  STEP_SHIFT,
  VIEW_SHIFT,
  viewCountsOf,
} from '../../src/heatmap/domain/packed-views.js';
import { DEPTHS } from '../../src/heatmap/domain/reach.js';

const PHONE = 0;
const DESKTOP = 2;
const UNKNOWN = 3;

describe('packed clicks', () => {
  const grid = new Grid(5, 7);
  const packed = (cell: number, device: number, band: number) => (cell << REST_BITS) + (device << BAND_BITS) + band;
  const clicks = [
    packed(0, PHONE, 0),
    packed(0, DESKTOP, 3),
    packed(34, DESKTOP, NO_BAND),
    packed(OTHER_LAYER + 34, DESKTOP, 3),
    packed(OTHER_LAYER + grid.cells, UNKNOWN, 1999), // without a place
  ];

  it('are counted by cell, device and band, in whatever parts they come', () => {
    for (const parts of [[clicks], [clicks.slice(0, 2), [], clicks.slice(2)]]) {
      const counts = clickCountsOf(
        parts.map((part) => Uint32Array.from(part)),
        grid,
        null,
      );
      expect(counts).toEqual({
        placed: [{ cell: 0, clicks: 2 }, { cell: 34, clicks: 1 }],
        fixed: [{ cell: 34, clicks: 1 }],
        withoutPosition: 1,
        byDevice: { phone: 1, tablet: 0, desktop: 3, unknown: 1 },
        byScroll: [{ band: 0, clicks: 1 }, { band: 3, clicks: 2 }, { band: 1999, clicks: 1 }],
        withoutScroll: 1,
      }); // prettier-ignore
    }
  });

  it('of one class of device', () => {
    expect(clickCountsOf([Uint32Array.from(clicks)], grid, 'desktop')).toEqual({
      placed: [{ cell: 0, clicks: 1 }, { cell: 34, clicks: 1 }],
      fixed: [{ cell: 34, clicks: 1 }],
      withoutPosition: 0,
      byDevice: { phone: 0, tablet: 0, desktop: 3, unknown: 0 },
      byScroll: [{ band: 3, clicks: 2 }],
      withoutScroll: 1,
    }); // prettier-ignore
  });

  it('in the last cell of the finest grid', () => {
    const finest = new Grid(100, 100);
    const last = [packed(9_999, DESKTOP, 0), packed(OTHER_LAYER + 9_999, DESKTOP, 0)];
    const { placed, fixed } = clickCountsOf([Uint32Array.from(last)], finest, null);
    expect([placed, fixed]).toEqual([[{ cell: 9_999, clicks: 1 }], [{ cell: 9_999, clicks: 1 }]]);
  });
});

interface Told {
  readonly id: readonly [number, number, number];
  /** Milliseconds since the window began. */
  readonly at: number;
  readonly view: boolean;
  readonly device: number;
  readonly step: number;
}

const START = 490_000 * HOUR_MS + 1_234_567;
const DAY = 24 * HOUR_MS;

/** The events by their hours. */
function hoursOf(events: readonly Told[]): HourOfViews[] {
  const hours = new Map<number, number[]>();
  for (const { id, at, view, device, step } of events) {
    const hour = Math.floor((START + at) / HOUR_MS);
    const rest =
      (Number(view) << VIEW_SHIFT) + (device << DEVICE_SHIFT) + (step << STEP_SHIFT) + ((START + at) % HOUR_MS);
    hours.set(hour, [...(hours.get(hour) ?? []), ...id, rest]);
  }
  return [...hours].map(([hour, words]) => ({ hour, events: Uint32Array.from(words) }));
}

const counted = (events: readonly Told[], length: number, device: 'phone' | 'desktop' | null = null) => {
  const work = viewCountsOf(hoursOf(events), TimeRange.halfOpen(START, START + length), device);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
};

describe('packed views', () => {
  const id = [4_000_000_000, 7, 9] as const;
  const view = (at: number, fields: Partial<Told> = {}): Told => ({
    id,
    at,
    view: true,
    device: DESKTOP,
    step: NO_STEP,
    ...fields,
  });
  const scroll = (at: number, step: number): Told => view(at, { view: false, step });

  it.each([
    ['none', [], 0, 0, 0],
    ['one that never told a depth', [view(5)], 1, 1, 0],
    ['told twice, in two hours', [view(5), view(2 * HOUR_MS)], 1, 1, 0],
    ['a day later, to the millisecond', [view(5), scroll(5 + DAY, 10)], 1, 0, 1],
    ['a millisecond too late', [view(5), scroll(6 + DAY, 10)], 1, 1, 0],
    ['a depth told before it began', [scroll(1, 10), view(5)], 1, 0, 1],
    ['a depth told before the window', [scroll(-1, 10), view(5)], 1, 1, 0],
    ['begun before the window', [view(-1), scroll(5, 10)], 0, 0, 0],
    ['begun with the last millisecond', [view(3 * HOUR_MS - 1), scroll(4 * HOUR_MS, 9)], 1, 0, 0],
    ['begun after the window', [view(3 * HOUR_MS)], 0, 0, 0],
    ['no depth reached', [view(5, { step: 0 })], 1, 0, 0],
    ['ids that differ in the last word alone', [view(5), view(6, { id: [4_000_000_000, 7, 8], step: 20 })], 2, 1, 1],
  ] as const)('%s', (_, events, views, withoutDepth, halfRead) => {
    const { reached, ...counts } = counted(events, 3 * HOUR_MS);
    expect([counts.views, counts.withoutDepth, reached[9]]).toEqual([views, withoutDepth, halfRead]);
  });

  it('have the smallest class that they were seen in, and begin with the first of a class that is asked for', () => {
    const events = [view(5), view(DAY, { device: PHONE }), scroll(DAY + 10, 3), scroll(DAY + 5, 7)];
    expect(counted(events, 2 * DAY).byDevice).toEqual({ phone: 1, tablet: 0, desktop: 0, unknown: 0 });
    expect(counted(events, 2 * DAY).reached.slice(5, 8)).toEqual([1, 1, 0]);
    expect(counted(events, 2 * DAY, 'desktop').reached.slice(5, 8)).toEqual([1, 1, 0]);
    expect(counted([...events, scroll(DAY + 6, 9)], 2 * DAY, 'desktop').reached.slice(5, 9)).toEqual([1, 1, 0, 0]);
    expect(counted([...events, scroll(2 * DAY, 9)], 2 * DAY, 'phone').reached.slice(5, 9)).toEqual([1, 1, 1, 1]);
  });

  it('count as a plain search does', () => {
    const told = fc.record({
      id: fc.constantFrom([1, 1, 1], [1, 1, 2], [1, 2, 1], [257, 1, 1], [4_294_967_295, 0, 0]),
      at: fc.oneof(fc.constantFrom(-1, 0, 1, DAY - 1, DAY, DAY + 1), fc.integer({ min: -HOUR_MS, max: 3 * DAY })),
      view: fc.boolean(),
      device: fc.constantFrom(0, 1, 2, 3),
      step: fc.constantFrom(0, 1, 20, NO_STEP),
    });
    fc.assert(
      fc.property(fc.array(told), (events) => {
        const length = 2 * DAY;
        const begun = events.filter(({ view: is, at }) => is && at >= 0 && at < length);
        const depths = [...new Set(begun.map((one) => String(one.id)))].map((name) => {
          const began = Math.min(...begun.filter((one) => String(one.id) === name).map(({ at }) => at));
          const own = events.filter((one) => String(one.id) === name && one.step !== NO_STEP);
          return Math.max(-1, ...own.filter(({ at }) => at >= 0 && at <= began + DAY).map(({ step }) => step));
        });
        expect(counted(events, length)).toMatchObject({
          views: depths.length,
          withoutDepth: depths.filter((depth) => depth < 0).length,
          reached: DEPTHS.map((_, n) => depths.filter((depth) => depth > n).length),
        });
      }),
    );
  });
});
