import fc from 'fast-check';
import { personOfContent } from '../../src/events/domain/content/erased-content.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { MemoryEventStore } from '../events/memory-event-store.js';
import { MemoryMerges } from '../regions/memory-merges.js';
import { MemoryRegion } from '../regions/memory-region.js';
import { slices } from '../support/application.js';
import { trackedRow } from '../support/record-rows.js';

/** The 100,000 of the report: ERASURE_LAW_CASES=100000. The same ERASURE_LAW_SEED gives the same cases again. */
const CASES = Number(process.env.ERASURE_LAW_CASES ?? 300);
const SEED = process.env.ERASURE_LAW_SEED;
const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const config = loadConfig(slices, {});

const region = fc.constantFrom('a' as const, 'b' as const);
/** Few identities, persons and contents, so that most cases have copies in both regions, conflicts, and erasures of both. */
const recorded = fc.record({
  kind: fc.constant('record' as const),
  region,
  id: fc.integer({ min: 0, max: 3 }),
  user: fc.integer({ min: 0, max: 2 }),
  content: fc.integer({ min: 0, max: 1 }),
  /** How long it was on its way: received so many steps ago. */
  late: fc.integer({ min: 0, max: 4 }),
});
const erased = fc.record({
  kind: fc.constant('erase' as const),
  region,
  user: fc.integer({ min: 0, max: 2 }),
});
const merged = fc.record({ kind: fc.constant('merge' as const), region });
const history = fc.array(fc.oneof({ weight: 4, arbitrary: recorded }, { weight: 2, arbitrary: erased }, merged), {
  minLength: 1,
  maxLength: 14,
});

type Step = typeof history extends fc.Arbitrary<(infer T)[]> ? T : never;

const userOf = (user: number) => `u-${user}`;

/** Two regions after these steps, one a second, and a merge in either direction at the end. */
async function after(steps: readonly Step[], pageFacts: number, first: 'a' | 'b') {
  const regions = { a: new MemoryRegion('a'), b: new MemoryRegion('b') };
  const merges = new MemoryMerges(config, [regions.a, regions.b], pageFacts);
  const merge = (into: 'a' | 'b') => merges.merge(into, into === 'a' ? 'b' : 'a');
  /** With everybody who used it. */
  const identities = new Map<string, Set<string>>();
  const erasures: { readonly userId: string; readonly at: number }[] = [];
  for (const [second, step] of steps.entries()) {
    const now = NOON + second * 1_000;
    if (step.kind === 'merge') await merge(step.region);
    else if (step.kind === 'erase') {
      regions[step.region].erasures.erase(userOf(step.user), now);
      erasures.push({ userId: userOf(step.user), at: now });
    } else {
      const row = trackedRow({
        event_type: 'click',
        event_id: `id-${step.id}`,
        timestamp: NOON,
        user_id: userOf(step.user),
        page_url: `/${step.content}`,
      });
      const event = Object.assign(row, { receivedAt: now - step.late * 1_000 });
      await new MemoryEventStore(regions[step.region]).append([event]);
      const users = identities.get(`${row.eventKey} click`) ?? new Set();
      identities.set(`${row.eventKey} click`, users.add(userOf(step.user)));
    }
  }
  await merge(first);
  await merge(first === 'a' ? 'b' : 'a');
  return { ...regions, merge, identities, erasures };
}

const personOf = ({ event }: { readonly event: { readonly userId: string | null } }) => event.userId;

describe('after any order of merges and erasures on two regions', () => {
  it(
    'erasure wins on both, nothing is lost, and merging again changes nothing',
    async () => {
      let withErasedFacts = 0;
      await fc.assert(
        fc.asyncProperty(history, fc.integer({ min: 1, max: 3 }), region, async (steps, pageFacts, first) => {
          const { a, b, merge, identities, erasures } = await after(steps, pageFacts, first);
          for (const { facts, conflicts } of [a, b]) {
            // Every event is counted once.
            expect([...facts.keys()].sort()).toEqual([...identities.keys()].sort());
            for (const { event } of facts.values()) {
              const { userId, receivedAt } = event;
              const isErased = erasures.some((one) => one.userId === userId && receivedAt <= one.at);
              expect([userId, isErased]).toEqual([userId, false]);
              if (userId !== null) continue;
              withErasedFacts += 1;
              expect([event.pageUrl, event.fingerprint, event.eventId]).toEqual([null, null, event.eventKey]);
            }
            for (const { content } of conflicts.values()) {
              const userId = personOfContent(content);
              expect(erasures.map((one) => one.userId)).not.toContain(userId);
            }
          }
          // What is held without its person in one region is held so in the other, where it can be nobody else's.
          for (const [identity, users] of identities) {
            if (users.size > 1) continue;
            const [one, other] = [personOf(a.facts.get(identity)!), personOf(b.facts.get(identity)!)];
            expect([identity, one]).toEqual([identity, other]);
          }
          expect(new Map(a.erasures.page().erasures.map((one) => [one.person, one.erased_at]))).toEqual(
            new Map(b.erasures.page().erasures.map((one) => [one.person, one.erased_at])),
          );
          const settled = [a.dump(), b.dump()];
          await merge('a');
          await merge('b');
          expect([a.dump(), b.dump()]).toEqual(settled);
        }),
        { numRuns: CASES, ...(SEED !== undefined && { seed: Number(SEED) }) },
      );
      expect(withErasedFacts).toBeGreaterThan(CASES / 4);
    },
    60_000 + CASES * 100,
  );
});
