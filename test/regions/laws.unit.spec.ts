import fc from 'fast-check';
import { loadConfig } from '../../src/platform/config/config.js';
import { MemoryEventStore } from '../events/memory-event-store.js';
import { slices } from '../support/application.js';
import { trackedRow } from '../support/record-rows.js';
import { MemoryMerges } from './memory-merges.js';
import { MemoryRegion } from './memory-region.js';

/** The 100,000 of the report: REGION_LAW_CASES=100000. */
const CASES = Number(process.env.REGION_LAW_CASES ?? 300);
const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const config = loadConfig(slices, {});

/** Few identities, contents and times, so that most cases have duplicates, conflicts and copies that were stamped anew. */
const event = fc.record({
  id: fc.integer({ min: 0, max: 4 }),
  type: fc.constantFrom('click', 'conversion' as const),
  content: fc.integer({ min: 0, max: 2 }),
  later: fc.integer({ min: 0, max: 1 }),
});
type Sent = typeof event extends fc.Arbitrary<infer T> ? T : never;
const batches = fc.array(fc.array(event, { minLength: 1, maxLength: 3 }), { maxLength: 3 });

type Recorded = readonly (readonly Sent[])[];

/** Three regions that have recorded these, each in several transactions. */
async function regionsOf(recorded: readonly Recorded[], pageFacts: number) {
  const regions = recorded.map((_, n) => new MemoryRegion('abc'[n]!));
  for (const [n, transactions] of recorded.entries()) {
    const store = new MemoryEventStore(regions[n]);
    for (const events of transactions) {
      const rows = events.map(({ id, type, content, later }) =>
        trackedRow({
          event_type: type,
          event_id: `id-${id}`,
          timestamp: NOON + later,
          user_id: `u-${content}`,
        }),
      );
      await store.append(rows);
    }
  }
  const [a, b, c] = regions as [MemoryRegion, MemoryRegion, MemoryRegion];
  return { a, b, c, merges: new MemoryMerges(config, regions, pageFacts) };
}

const three = fc.tuple(batches, batches, batches);
const pages = fc.integer({ min: 1, max: 4 });
const options = { numRuns: CASES } as const;
const timeout = 60_000 + CASES * 20;

/** Facts alone are not: each region goes on counting what it recorded first. With all contents of each identity they are. */
describe('merging, as an operation on all contents of all identities,', () => {
  it(
    'is commutative: in either order both hold the same',
    async () => {
      await fc.assert(
        fc.asyncProperty(three, pages, async (recorded, pageFacts) => {
          const one = await regionsOf(recorded, pageFacts);
          await one.merges.merge('a', 'b');
          await one.merges.merge('b', 'a');
          const other = await regionsOf(recorded, pageFacts);
          await other.merges.merge('b', 'a');
          await other.merges.merge('a', 'b');
          expect(one.a.contents()).toEqual(one.b.contents());
          expect(other.a.contents()).toEqual(other.b.contents());
          expect(one.a.contents()).toEqual(other.a.contents());
          // The kept content stays the first, and what is in conflict is the same on both sides.
          expect([...one.a.conflicts.keys()].sort()).toEqual([...one.b.conflicts.keys()].sort());
        }),
        options,
      );
    },
    timeout,
  );

  it(
    'is associative: c into b, that into a, or b into a, and then c',
    async () => {
      await fc.assert(
        fc.asyncProperty(three, pages, async (recorded, pageFacts) => {
          const one = await regionsOf(recorded, pageFacts);
          await one.merges.merge('b', 'c');
          await one.merges.merge('a', 'b');
          const other = await regionsOf(recorded, pageFacts);
          await other.merges.merge('a', 'b');
          await other.merges.merge('a', 'c');
          expect(one.a.contents()).toEqual(other.a.contents());
        }),
        options,
      );
    },
    timeout,
  );

  it(
    'is idempotent, also where it is killed at any page and run again, and where the watermark is lost',
    async () => {
      await fc.assert(
        fc.asyncProperty(three, pages, fc.array(fc.nat(6), { maxLength: 3 }), async (recorded, pageFacts, kills) => {
          const { a, b, merges } = await regionsOf(recorded, pageFacts);
          const first = new Map([...a.facts].map(([key, { event: kept }]) => [key, kept]));
          for (const after of kills) await merges.merge('a', 'b', after);
          await merges.merge('a', 'b');
          const merged = a.dump();
          for (const [key, kept] of first) expect(a.facts.get(key)!.event).toBe(kept);
          expect(Object.keys(a.contents())).toEqual([...new Set([...first.keys(), ...b.facts.keys()])].sort());

          const again = await merges.merge('a', 'b');
          expect(Object.values(again).reduce((sum, n) => sum + n, 0)).toBe(0);
          a.watermarks.clear();
          const whole = await merges.merge('a', 'b');
          expect(whole.merged).toBe(0);
          expect(Object.values(whole).reduce((sum, n) => sum + n, 0)).toBe(b.facts.size);
          expect(a.dump()).toEqual(merged);
        }),
        options,
      );
    },
    timeout,
  );
});
