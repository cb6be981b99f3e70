import fc from 'fast-check';
import { EVENT_TYPES } from '../../src/events/domain/event-type.js';
import { decodeWalk, encodeWalk } from '../../src/regions/application/facts/walk-cursor.js';
import type { FactWalk } from '../../src/regions/domain/fact-walk.js';

const id = fc.bigInt({ min: 0n, max: 2n ** 63n });
const identity = { eventKey: fc.uuid(), eventType: fc.constantFrom(...EVENT_TYPES) };
const occurredAt = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
const walk: fc.Arbitrary<FactWalk> = fc.record({
  history: fc.record({
    system: id.map(String),
    timeline: fc.nat(2 ** 31 - 1).map((n) => n.toString(16).toUpperCase().padStart(8, '0')),
  }),
  horizon: id,
  unnumbered: fc.oneof(fc.constant('done' as const), fc.constant(null), fc.record({ occurredAt, ...identity })),
  numbered: fc.option(fc.record({ tx: id, occurredAt, ...identity })),
  conflicts: fc.option(
    fc.record({ tx: id, ...identity, fingerprint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
  ),
  reach: fc.option(fc.record({ until: id, from: id, width: id })),
});

describe('the cursor of a walk', () => {
  it('comes back as it was, and is short enough for a query string', () => {
    fc.assert(
      fc.property(walk, (given) => {
        const cursor = encodeWalk(given);
        expect(decodeWalk(cursor)).toEqual(given);
        expect(cursor.length).toBeLessThan(1024);
      }),
    );
  });

  it.each(['', 'x', encodeWalk.name, 'MSAx'])('%j is none of ours', (cursor) => {
    expect(() => decodeWalk(cursor)).toThrow('must be the next_cursor');
  });
});
