import { InvalidTimeRange, TimeRange } from '../../src/events/domain/time-range.js';

describe('TimeRange', () => {
  const noon = Date.parse('2026-01-15T12:00:00.000Z');

  it('reads (from, to] as whole milliseconds', () => {
    expect(TimeRange.parse('2026-01-15T11:00:00.000Z', '2026-01-15T12:00:00.000Z')).toEqual(
      TimeRange.halfOpen(noon - 3_600_000 + 1, noon + 1),
    );
    expect(TimeRange.upTo(noon, 3_600_000).toWindow()).toEqual({
      from: '2026-01-15T11:00:00.000Z',
      to: '2026-01-15T12:00:00.000Z',
    });
  });

  it.each([
    ['epoch milliseconds', String(noon)],
    ['an offset', '2026-01-15T13:00:00+01:00'],
    ['an offset whose + arrived as a space', '2026-01-15T13:00:00 01:00'],
    ['finer than a millisecond: cut off', '2026-01-15T12:00:00.0009Z'],
  ])('takes %s', (_, text) => {
    expect(TimeRange.parse(null, text).end).toBe(noon + 1);
  });

  it.each(['1763800000', '1763800000.123', '0', '-1763800000', '1.7638e9', '99999999999'])(
    'refuses %s with the hint to send milliseconds: a number below 10^11 is in seconds',
    (seconds) => {
      const asked = () => TimeRange.parse(seconds, seconds);
      expect(asked).toThrow(/^from must be epoch milliseconds.*seconds times 1000; to must be epoch milliseconds/);
    },
  );

  it('takes the least number that is milliseconds', () => {
    expect(TimeRange.parse('100000000000', null).start).toBe(100_000_000_001);
  });

  it('leaves sides open', () => {
    expect(TimeRange.parse(null, null)).toEqual(TimeRange.ALL);
  });

  it('may be empty', () => {
    expect(TimeRange.parse(String(noon), String(noon)).isEmpty).toBe(true);
  });

  it.each([
    ['no offset', '2026-01-15T12:00:00', null, ['from']],
    ['a date alone', '2026-01-15', null, ['from']],
    ['a day that is not there', '2026-02-30T00:00:00Z', null, ['from']],
    ['a word', null, 'now', ['to']],
    ['both', 'x', '', ['from', 'to']],
    ['a year beyond 9999', null, '253402300800000', ['to']],
    ['from later than to', String(noon + 1), String(noon), ['from']],
  ])('refuses %s, naming the side', (_, from, to, fields) => {
    const parse = () => TimeRange.parse(from, to);
    expect(parse).toThrow(InvalidTimeRange);
    try {
      parse();
    } catch (error) {
      expect((error as InvalidTimeRange).errors.map(({ field }) => field)).toEqual(fields);
    }
  });
});
