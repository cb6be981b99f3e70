import fc from 'fast-check';
import { TimeRange } from '../../src/events/domain/time-range.js';
import { type Compare, comparedRange } from '../../src/metrics/application/compared-range.js';

const ZONES = ['UTC', 'Europe/Madrid', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'];

const compared = (from: string, to: string, compare: Compare, tz: string) =>
  comparedRange(TimeRange.parse(from, to), { with: compare, tz }).toWindow();

/** The time that the clocks show, as if it were UTC. */
function shownAt(at: number, tz: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: tz,
    dateStyle: 'short',
    timeStyle: 'medium',
    hourCycle: 'h23',
  }).format(at);
  const [, day, month, year, time] = /^(\d\d)\/(\d\d)\/(\d{4}), (.*)$/.exec(parts)!;
  return Date.parse(`${year}-${month}-${day}T${time}Z`) + (((at % 1000) + 1000) % 1000);
}

describe('the window that another one is compared with', () => {
  it.each<[string, string, Compare, string, string, string, string]>([
    [
      'just before',
      '2026-03-29T12:00:00Z',
      'previous',
      'UTC',
      '2026-03-29T13:00:00Z',
      '2026-03-29T11:00',
      '2026-03-29T12:00',
    ],
    [
      'a day before',
      '2026-03-30T12:00:00Z',
      'day',
      'UTC',
      '2026-03-30T13:00:00Z',
      '2026-03-29T12:00',
      '2026-03-29T13:00',
    ],
    [
      'across a change of clocks',
      '2026-03-29T12:00:00+02:00',
      'day',
      'Europe/Madrid',
      '2026-03-29T13:00:00+02:00',
      '2026-03-28T11:00',
      '2026-03-28T12:00',
    ],
    [
      'the day of 23 hours beside one of 24',
      '2026-03-29T00:00:00+01:00',
      'week',
      'Europe/Madrid',
      '2026-03-30T00:00:00+02:00',
      '2026-03-21T23:00',
      '2026-03-22T23:00',
    ],
    [
      'a day of 24 hours beside the one of 23',
      '2026-04-05T00:00:00+02:00',
      'week',
      'Europe/Madrid',
      '2026-04-06T00:00:00+02:00',
      '2026-03-28T23:00',
      '2026-03-29T22:00',
    ],
    [
      'from a time that the earlier day skipped',
      '2026-03-30T02:30:00+02:00',
      'day',
      'Europe/Madrid',
      '2026-03-30T04:00:00+02:00',
      '2026-03-29T01:00',
      '2026-03-29T02:00',
    ],
    [
      'to a time that the earlier day had twice',
      '2026-10-26T01:00:00+01:00',
      'day',
      'Europe/Madrid',
      '2026-10-26T02:30:00+01:00',
      '2026-10-24T23:00',
      '2026-10-25T00:30',
    ],
    [
      'from an hour that came twice to its second',
      '2026-10-25T02:50:00+02:00',
      'day',
      'Europe/Madrid',
      '2026-10-25T02:10:00+01:00',
      '2026-10-24T00:50',
      '2026-10-24T00:50',
    ],
    [
      'a year before',
      '2026-07-01T00:00:00+02:00',
      'year',
      'Europe/Madrid',
      '2026-07-02T00:00:00+02:00',
      '2025-06-30T22:00',
      '2025-07-01T22:00',
    ],
    [
      'a year before 29 February',
      '2024-02-29T00:00:00Z',
      'year',
      'UTC',
      '2024-03-01T00:00:00Z',
      '2023-02-28T00:00',
      '2023-03-01T00:00',
    ],
  ])('%s', (_, from, compare, tz, to, since, until) => {
    expect(compared(from, to, compare, tz)).toEqual({ from: `${since}:00.000Z`, to: `${until}:00.000Z` });
  });

  it('shows the same time of the clocks, wherever the earlier day had it once', () => {
    const days = { day: 1, week: 7 } as const;
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('2024-01-01T00:00:00Z'), max: Date.parse('2026-12-31T00:00:00Z') }),
        fc.integer({ min: 0, max: 10 * 86_400_000 }),
        fc.constantFrom<'day' | 'week'>('day', 'week'),
        fc.constantFrom(...ZONES),
        (from, length, compare, tz) => {
          const range = TimeRange.halfOpen(from + 1, from + length + 1);
          const earlier = comparedRange(range, { with: compare, tz });
          for (const [at, before] of [
            [from, earlier.start - 1],
            [from + length, earlier.end - 1],
          ] as const) {
            const wanted = shownAt(at, tz) - days[compare] * 86_400_000;
            // At this time and an hour around it the clocks did not change, so the time came once.
            if (shownAt(before - 3_600_000, tz) !== wanted - 3_600_000) continue;
            if (shownAt(before + 3_600_000, tz) !== wanted + 3_600_000) continue;
            expect(shownAt(before, tz)).toBe(wanted);
          }
          expect(earlier.end).toBeGreaterThanOrEqual(earlier.start);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('refuses one that begins before the year 1', () => {
    expect(() => compared('0001-06-01T00:00:00Z', '0001-06-02T00:00:00Z', 'year', 'UTC')).toThrow(/compare/);
  });
});
