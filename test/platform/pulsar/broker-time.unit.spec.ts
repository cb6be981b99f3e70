import fc from 'fast-check';
import { parseBrokerTime, signedBrokerTime } from '../../../src/platform/pulsar/broker-time.js';

describe('parseBrokerTime', () => {
  // As Java's DateTimeFormatter.ISO_OFFSET_DATE_TIME writes them.
  it.each([
    ['2026-01-15T12:00:00.123Z', Date.UTC(2026, 0, 15, 12, 0, 0, 123)],
    ['2026-01-15T13:00:00+01:00', Date.UTC(2026, 0, 15, 12)],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000],
    ['0000-12-31T23:59:59.999Z', -62_135_596_800_001],
    ['-0001-12-31T23:59:59.999Z', -62_167_219_200_001],
    ['1891-03-14T23:59:59.999-00:00:15', Date.UTC(1891, 2, 15, 0, 0, 14, 999)],
    ['+10000-01-01T00:00:00.000Z', 253_402_300_800_000],
    ['+57863-09-10T16:53:20Z', Date.UTC(57_863, 8, 10, 16, 53, 20)],
    ['+292278994-08-17T07:12:55.807Z', 2 ** 63],
    ['-292275055-05-16T16:47:04.192Z', -(2 ** 63)],
  ])('%s', (text, ms) => {
    expect(parseBrokerTime(text)).toBe(ms);
  });

  it.each([
    undefined,
    null,
    7,
    '',
    'now',
    '2026-01-15',
    'the time is 24 letters  Z',
    '+10000-01-01',
    '+10000-01-01T00:00:00',
  ])('%s is no time', (text) => {
    expect(parseBrokerTime(text)).toBeNaN();
  });

  it('reads every year that Date can write', () => {
    const range = { min: new Date(-8.64e15), max: new Date(8.64e15), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(range), (date) => {
        // JavaScript writes six digits of a year, Java as many as it has.
        const text = date.toISOString().replace(/^([+-])0*(\d{4,})/, '$1$2');
        expect(parseBrokerTime(text)).toBe(date.getTime());
      }),
    );
  });
});

describe('signedBrokerTime', () => {
  it.each([
    [0, 0],
    [1_763_800_000_000_000_000, 1_763_800_000_000_000_000],
    [2 ** 63, -(2 ** 63)],
    [2 ** 64 - 4096, -4096],
    [Number(2n ** 64n - 5n), -1],
  ])('%d', (unsigned, signed) => {
    expect(signedBrokerTime(unsigned)).toBe(signed);
  });
});
