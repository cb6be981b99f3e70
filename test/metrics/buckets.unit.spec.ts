import fc from 'fast-check';
import { TimeRange } from '../../src/events/domain/time-range.js';
import { bucketsOf, type Interval, intervalFor, INTERVALS, MAX_BUCKETS } from '../../src/metrics/domain/buckets.js';
import { IANA_NAMES } from '../../src/metrics/domain/iana-names.js';
import { TimeZone } from '../../src/metrics/domain/time-zone.js';

const HOUR = 3_600_000;
const span = (from: string, to: string) => TimeRange.halfOpen(Date.parse(from), Date.parse(to));

/** Where each bucket begins on the zone's clocks, and how many hours it lasts. */
const shown = (window: TimeRange, interval: Interval, tz: string) => {
  const { starts, end, zone } = bucketsOf(window, interval, tz);
  return starts.map((start, n) => `${zone.format(start)} ${((starts[n + 1] ?? end) - start) / HOUR} h`);
};

describe('buckets of a time zone', () => {
  it.each([
    {
      name: 'a day that is put forward has 23 hours',
      tz: 'Europe/Madrid',
      interval: 'day' as const,
      window: ['2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z'],
      buckets: [
        '2026-03-28T00:00:00.000+01:00 24 h',
        '2026-03-29T00:00:00.000+01:00 23 h',
        '2026-03-30T00:00:00.000+02:00 24 h',
      ],
    },
    {
      name: 'a day that is put back has 25',
      tz: 'Europe/Madrid',
      interval: 'day' as const,
      window: ['2026-10-25T10:00:00Z', '2026-10-25T11:00:00Z'],
      buckets: ['2026-10-25T00:00:00.000+02:00 25 h'],
    },
    {
      name: 'the hour that comes twice is two buckets',
      tz: 'Europe/Madrid',
      interval: 'hour' as const,
      window: ['2026-10-24T23:30:00Z', '2026-10-25T02:30:00Z'],
      buckets: [
        '2026-10-25T01:00:00.000+02:00 1 h',
        '2026-10-25T02:00:00.000+02:00 1 h',
        '2026-10-25T02:00:00.000+01:00 1 h',
        '2026-10-25T03:00:00.000+01:00 1 h',
      ],
    },
    {
      name: 'the hour that is skipped is none',
      tz: 'America/New_York',
      interval: 'hour' as const,
      window: ['2026-03-08T06:00:00Z', '2026-03-08T08:00:00Z'],
      buckets: ['2026-03-08T01:00:00.000-05:00 1 h', '2026-03-08T03:00:00.000-04:00 1 h'],
    },
    {
      name: 'hours of a half-hour zone',
      tz: 'Asia/Kolkata',
      interval: 'hour' as const,
      window: ['2026-01-15T12:00:00Z', '2026-01-15T13:00:00Z'],
      buckets: ['2026-01-15T17:00:00.000+05:30 1 h', '2026-01-15T18:00:00.000+05:30 1 h'],
    },
    {
      name: 'days of a 45-minute zone',
      tz: 'Asia/Kathmandu',
      interval: 'day' as const,
      window: ['2026-01-15T18:14:59.999Z', '2026-01-15T18:15:00.002Z'],
      buckets: ['2026-01-15T00:00:00.000+05:45 24 h', '2026-01-16T00:00:00.000+05:45 24 h'],
    },
    {
      name: 'a zone that moves by half an hour: back',
      tz: 'Australia/Lord_Howe',
      interval: 'hour' as const,
      window: ['2026-04-04T14:00:00Z', '2026-04-04T16:00:00Z'],
      buckets: [
        '2026-04-05T01:00:00.000+11:00 1 h',
        '2026-04-05T01:30:00.000+10:30 0.5 h',
        '2026-04-05T02:00:00.000+10:30 1 h',
      ],
    },
    {
      name: 'clocks that change within an hour end it there',
      tz: 'America/Caracas',
      interval: 'hour' as const,
      window: ['2016-05-01T06:45:00Z', '2016-05-01T07:15:00Z'],
      buckets: ['2016-05-01T02:00:00.000-04:30 0.5 h', '2016-05-01T03:00:00.000-04:00 1 h'],
    },
    {
      name: 'a day that begins at one, because midnight was skipped',
      tz: 'Africa/Cairo',
      interval: 'day' as const,
      window: ['2026-04-23T20:00:00Z', '2026-04-24T12:00:00Z'],
      buckets: ['2026-04-23T00:00:00.000+02:00 24 h', '2026-04-24T01:00:00.000+03:00 23 h'],
    },
    {
      name: 'a date that a zone never had',
      tz: 'Pacific/Apia',
      interval: 'day' as const,
      window: ['2011-12-30T09:00:00Z', '2011-12-30T11:00:00Z'],
      buckets: ['2011-12-29T00:00:00.000-10:00 24 h', '2011-12-31T00:00:00.000+14:00 24 h'],
    },
    {
      name: 'weeks begin on Monday',
      tz: 'UTC',
      interval: 'week' as const,
      window: ['2026-01-11T23:59:59.999Z', '2026-01-12T00:00:00.002Z'],
      buckets: ['2026-01-05T00:00:00.000Z 168 h', '2026-01-12T00:00:00.000Z 168 h'],
    },
    {
      name: 'a week with a change of clocks',
      tz: 'Europe/Madrid',
      interval: 'week' as const,
      window: ['2026-03-24T00:00:00Z', '2026-03-25T00:00:00Z'],
      buckets: ['2026-03-23T00:00:00.000+01:00 167 h'],
    },
  ])('$name', ({ tz, interval, window, buckets }) => {
    expect(shown(span(window[0]!, window[1]!), interval, tz)).toEqual(buckets);
  });

  it.each([
    ['a day of UTC', 'UTC', 'hour', '2026-01-14T00:00:00Z', '2026-01-15T00:00:00Z', 24],
    ['a day of Madrid, by its own midnight', 'Europe/Madrid', 'day', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 1],
    ['an hour by the minute', 'UTC', 'minute', '2026-01-14T10:00:00Z', '2026-01-14T11:00:00Z', 60],
    ['a week from Monday', 'UTC', 'week', '2026-01-05T00:00:00Z', '2026-01-12T00:00:00Z', 1],
    ['a day as another writes it', 'UTC', 'day', '2026-01-13T23:59:59.999Z', '2026-01-14T23:59:59.999Z', 1],
    ['a millisecond at midnight', 'UTC', 'day', '2026-01-13T23:59:59.999Z', '2026-01-14T00:00:00Z', 1],
    ['a millisecond more', 'UTC', 'day', '2026-01-13T00:00:00Z', '2026-01-14T00:00:00.001Z', 2],
  ] as const)('(from, to] of %s, %s, %s, has no point beyond', (_, tz, interval, from, to, points) => {
    const window = TimeRange.parse(from, to);
    expect(bucketsOf(window, interval, tz).starts).toHaveLength(points);
  });

  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/GMT+5');
  const instant = fc.integer({ min: Date.parse('1972-02-01T00:00:00Z'), max: Date.parse('2040-01-01T00:00:00Z') });

  it('touch, ascend, cover the window, and begin where the clocks say so', () => {
    fc.assert(
      fc.property(
        zones,
        instant,
        fc.constantFrom(...(Object.keys(INTERVALS) as Interval[])),
        fc.double({ min: 0.01, max: 40, noNaN: true }),
        (tz, start, interval, lengths) => {
          const window = TimeRange.halfOpen(start, start + Math.ceil(INTERVALS[interval] * lengths));
          const { starts, end } = bucketsOf(window, interval, tz);
          expect(starts[0]!).toBeLessThanOrEqual(window.start);
          expect(end).toBeGreaterThanOrEqual(window.end - 1);
          expect(starts.length === 1 || (starts[1]! > window.start && starts.at(-1)! < window.end - 1)).toBe(true);
          // The clocks themselves, not our reading of them.
          const clock = new Intl.DateTimeFormat('en-US', {
            timeZone: tz,
            weekday: 'short',
            hour: '2-digit',
            minute: '2-digit',
            second: '2-digit',
            hourCycle: 'h23',
          });
          const read = (ms: number) =>
            Object.fromEntries(clock.formatToParts(ms).map(({ type, value }) => [type, value]));
          let earlier = -Infinity;
          for (const at of starts) {
            expect(at).toBeGreaterThan(earlier);
            earlier = at;
            const jumped = Date.parse(clockOf(at, tz)) - Date.parse(clockOf(at - 1, tz)) !== 0;
            if (jumped) continue;
            const { weekday, hour, minute, second } = read(at);
            expect(second).toBe('00');
            if (interval === 'quarter_hour') expect(Number(minute) % 15).toBe(0);
            if (interval === 'hour') expect(minute).toBe('00');
            if (interval === 'day' || interval === 'week') expect(`${hour}:${minute}`).toBe('00:00');
            if (interval === 'week') expect(weekday).toBe('Mon');
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  /** The clock's offset at the whole second before: equal on both sides of an instant where the clock runs on. */
  function clockOf(ms: number, tz: string): string {
    const parts = new Intl.DateTimeFormat('en-CA', {
      timeZone: tz,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    }).formatToParts(Math.floor(ms / 1000) * 1000);
    const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
    const local = Date.parse(
      `${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}:${of('second')}Z`,
    );
    return new Date(local - Math.floor(ms / 1000) * 1000).toISOString();
  }

  it('a day begins at half past midnight where the clocks go on by half an hour at midnight', () => {
    const window = span('1988-10-29T12:00:00Z', '1988-10-30T12:00:00Z');
    const { starts } = bucketsOf(window, 'day', 'Pacific/Rarotonga');
    expect(starts.map((at) => new Date(at).toISOString())).toEqual([
      '1988-10-29T10:00:00.000Z',
      '1988-10-30T10:00:00.000Z',
    ]);
  });

  it('are refused above a number, with the interval that would do', () => {
    const window = span('2026-01-01T00:00:00Z', '2026-01-08T00:00:00Z');
    expect(() => bucketsOf(window, 'minute', 'UTC')).toThrow(/more than 1500 buckets.*use quarter_hour/);
    expect(bucketsOf(window, intervalFor(window, MAX_BUCKETS), 'UTC').starts.length).toBeLessThanOrEqual(MAX_BUCKETS);
  });

  it.each([
    ['1 h', HOUR, 'minute'],
    ['24 h', 24 * HOUR, 'quarter_hour'],
    ['7 days', 168 * HOUR, 'hour'],
    ['90 days', 90 * 24 * HOUR, 'day'],
    ['10 years', 3660 * 24 * HOUR, 'week'],
  ])('of %s are chosen for a chart', (_, length, interval) => {
    expect(intervalFor(TimeRange.halfOpen(0, length))).toBe(interval);
  });
});

describe('names of time zones', () => {
  it.each(['UTC', 'Europe/Madrid', 'Asia/Kathmandu', 'Etc/GMT+5', 'US/Pacific'])('%s is one', (name) => {
    expect(TimeZone.nameOf(name)).toBe(name);
  });

  it.each(['EST', 'MST', 'HST', 'EST5EDT', 'PST8PDT', 'CET', 'WET', 'GMT', 'GMT0', 'Zulu', 'PRC', 'ROC', 'NZ', 'W-SU'])(
    '%s is one although it looks like an abbreviation',
    (name) => {
      expect(TimeZone.nameOf(name)).toBe(name);
    },
  );

  it.each([
    'Asia/Kolkata',
    'Asia/Calcutta',
    'Europe/Kyiv',
    'Europe/Kiev',
    'America/Nuuk',
    'America/Godthab',
    'Etc/GMT',
  ])('%s is one, of today or of before', (name) => {
    expect(TimeZone.nameOf(name)).toBe(name);
  });

  it('all of the database are, but those without rules', () => {
    expect(IANA_NAMES).toHaveLength(599);
    expect(new Set(IANA_NAMES).size).toBe(599);
    // A name younger than this Node's data is the only other exception.
    const unknown = IANA_NAMES.filter((name) => TimeZone.nameOf(name) !== name);
    expect(['Factory', 'Asia/Hanoi']).toEqual(expect.arrayContaining(unknown));
    for (const name of Intl.supportedValuesOf('timeZone')) expect(TimeZone.nameOf(name)).toBe(name);
  });

  it.each([
    ['europe/madrid', 'Europe/Madrid'],
    ['AMERICA/ARGENTINA/BUENOS_AIRES', 'America/Argentina/Buenos_Aires'],
    ['utc', 'UTC'],
    ['est5edt', 'EST5EDT'],
    ['america/port-au-prince', 'America/Port-au-Prince'],
  ])('%s in any case is %s', (asked, name) => {
    expect(TimeZone.nameOf(asked)).toBe(name);
  });

  // ICU takes the three letters of these for a zone: Dhaka, Kolkata, Los Angeles, Darwin, Cairo, …
  const abbreviations =
    'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST CEST PDT EDT BRT';
  it.each(abbreviations.split(' '))('%s is none', (name) => {
    expect(TimeZone.nameOf(name)).toBeNull();
  });
  it.each([
    '',
    'Mars/Base',
    '+05:30',
    '+02',
    '-0300',
    'GMT+2',
    'GMT-05:00',
    'UTC+1',
    'Etc/GMT+13',
    'SystemV/PST8',
    'Etc/Unknown',
  ])('%j is none', (name) => {
    expect(TimeZone.nameOf(name)).toBeNull();
  });
  it.each(['Europe/Madrid ', '../etc', 'é', 'Asia/\u212aolkata', 'constructor', 'Factory', 'Z', 'local', 'posix/UTC'])(
    '%j is none either',
    (name) => {
      expect(TimeZone.nameOf(name)).toBeNull();
    },
  );
});
