import { CreatedAtReader, UnreadableTime } from '../../../src/cli/import/created-at.js';

const readIn = (zone: string, value: unknown) => new Date(new CreatedAtReader(zone).read(value).instant).toISOString();

test.each([
  ['UTC', '2025-11-22 08:26:40', '2025-11-22T08:26:40.000Z'],
  ['UTC', '2025-11-22 08:26:40.123456', '2025-11-22T08:26:40.123Z'],
  ['UTC', '2025-11-22T08:26', '2025-11-22T08:26:00.000Z'],
  ['Europe/Madrid', '2025-11-22 08:26:40', '2025-11-22T07:26:40.000Z'],
  ['America/New_York', '2025-07-01 00:00:00', '2025-07-01T04:00:00.000Z'],
  ['Asia/Kathmandu', '2025-01-01 05:45:00', '2025-01-01T00:00:00.000Z'],
  // An offset says it all.
  ['Europe/Madrid', '2025-11-22T08:26:40Z', '2025-11-22T08:26:40.000Z'],
  ['Europe/Madrid', '2025-11-22 08:26:40-05:00', '2025-11-22T13:26:40.000Z'],
  ['Europe/Madrid', '2025-11-22 08:26:40 +0530', '2025-11-22T02:56:40.000Z'],
  // The hour that is skipped, and the one that comes twice.
  ['Europe/Madrid', '2025-03-30 02:30:00', '2025-03-30T01:00:00.000Z'],
  ['Europe/Madrid', '2025-10-26 02:30:00', '2025-10-26T00:30:00.000Z'],
  ['Europe/Madrid', '2025-10-26 03:00:00', '2025-10-26T02:00:00.000Z'],
  // Seconds, and milliseconds, of the epoch.
  ['Europe/Madrid', 1_763_800_000, '2025-11-22T08:26:40.000Z'],
  ['Europe/Madrid', 1_763_800_000_123, '2025-11-22T08:26:40.123Z'],
])('in %s %j is %s', (zone, value, instant) => {
  expect(readIn(zone, value)).toBe(instant);
});

test.each([
  null,
  '',
  'yesterday',
  '2025-11-22',
  '2025-02-30 08:00:00',
  '2025-11-22 25:00:00',
  new Uint8Array(2),
  1n,
  NaN,
])('%p is no time', (value) => {
  expect(() => readIn('UTC', value)).toThrow(UnreadableTime);
});

test('in whatever zone it is read, the identity takes it for the same', () => {
  const of = (zone: string) => new CreatedAtReader(zone).read('2025-11-22 08:26:40');
  expect(of('Asia/Tokyo').inUtc).toBe(of('UTC').inUtc);
  expect(of('Asia/Tokyo').instant).toBe(of('UTC').instant - 9 * 3_600_000);
});
