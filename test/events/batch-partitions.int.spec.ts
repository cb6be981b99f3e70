import fc from 'fast-check';
import type { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import { trackedRow } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const FLOOR = '2026-01-12T00:00:00.000Z';
const FLOOR_MS = Date.parse(FLOOR);

/** `known` was recorded long ago, below the floor; the others are new. */
const IDENTITIES = ['known', 'a', 'b'] as const;
const TIMES = [NOON, NOON - 1, FLOOR_MS, FLOOR_MS - 1, FLOOR_MS - 60 * 86_400_000] as const;
/** The last is refused by this database: the check is planted by the test. */
const USERS = ['u', 'other', 'poison'] as const;

interface Sent {
  readonly id: (typeof IDENTITIES)[number];
  readonly at: number;
  readonly user: (typeof USERS)[number];
}

/** Names one event of the tables below: identity, time, user. */
const sent = (id: Sent['id'], at: number, user: Sent['user'] = 'u'): Sent => ({ id, at, user });
const OLD = FLOOR_MS - 60 * 86_400_000;

/** Every way to cut a list into batches, in order. */
function partitions<T>(list: readonly T[]): T[][][] {
  const cuts = list.length - 1;
  return Array.from({ length: 2 ** cuts }, (_, chosen) => {
    const batches: T[][] = [[list[0]!]];
    list.slice(1).forEach((item, index) => {
      if ((chosen >> index) & 1) batches.push([item]);
      else batches.at(-1)!.push(item);
    });
    return batches;
  });
}

describe('no verdict depends on which events shared a batch', () => {
  const service = useService();
  let runs = 0;

  beforeAll(async () => {
    await service.sql.query(`alter table events add constraint planted check (user_id <> 'poison')`);
    await service.sql.query('update storage_bounds set retention_floor = $1', [FLOOR]);
  });

  /** Verdicts in order, and the rows that are there afterwards. */
  async function outcome(batches: readonly (readonly Sent[])[]): Promise<{ verdicts: string[]; rows: string[] }> {
    const run = `${runs++}-`;
    const event = ({ id, at, user }: Sent): TrackedEvent =>
      trackedRow({ event_type: 'click', event_id: run + id, timestamp: at, user_id: user });
    const known = event(sent('known', OLD));
    await service.sql.query('insert into event_identity values ($1, $2, $3, $4)', [
      known.eventKey,
      'click',
      known.fingerprint,
      new Date(known.occurredAt),
    ]);
    const verdicts: string[] = [];
    for (const batch of batches) {
      for (const verdict of await service.store.append(batch.map(event)))
        verdicts.push(verdict.status === 'rejected' ? verdict.reason : verdict.status);
    }
    const { rows } = await service.sql.query<{ row: string }>(
      `select concat_ws(' ', substr(event_id, $2), (extract(epoch from occurred_at) * 1000)::bigint, user_id) as row
       from events where starts_with(event_id, $1) order by 1`,
      [run, run.length + 1],
    );
    return { verdicts, rows: rows.map(({ row }) => row) };
  }

  it.each([
    ['an old one, then one of now', [sent('a', OLD), sent('a', NOON)], ['too_old', 'recorded']],
    [
      'several old ones, equal and not, before one at the floor and its copy',
      [sent('a', OLD), sent('a', FLOOR_MS - 1, 'other'), sent('a', OLD), sent('a', FLOOR_MS), sent('a', OLD)],
      ['too_old', 'too_old', 'too_old', 'recorded', 'duplicate'],
    ],
    [
      'old, refused, then one that can be stored, then other content',
      [sent('a', OLD), sent('a', NOON, 'poison'), sent('a', OLD), sent('a', NOON), sent('a', OLD, 'other')],
      ['too_old', 'unstorable', 'too_old', 'recorded', 'id_conflict'],
    ],
    [
      'known from before the floor: whatever its time, it is known',
      [sent('known', OLD), sent('known', NOON), sent('known', OLD, 'other'), sent('known', NOON, 'poison')],
      ['duplicate', 'duplicate', 'id_conflict', 'id_conflict'],
    ],
  ])('%s', async (_name, list, verdicts) => {
    for (const batches of partitions(list)) {
      expect({ batches, ...(await outcome(batches)) }).toMatchObject({ batches, verdicts });
    }
  });

  it('whatever the events and however they are cut', async () => {
    const anEvent = fc.record({
      id: fc.constantFrom(...IDENTITIES),
      at: fc.constantFrom(...TIMES),
      user: fc.constantFrom(...USERS),
    });
    const anyList = fc.array(anEvent, { minLength: 2, maxLength: 5 });
    const property = fc.asyncProperty(anyList, async (list) => {
      const alone = await outcome(list.map((event) => [event]));
      for (const batches of partitions(list))
        expect({ batches, ...(await outcome(batches)) }).toEqual({ batches, ...alone });
    });
    await fc.assert(property, { seed: 20_260_115, numRuns: 60 });
  }, 120_000);

  it('a long list in batches of any size', async () => {
    const anEvent = fc.record({
      id: fc.constantFrom(...IDENTITIES),
      at: fc.constantFrom(...TIMES),
      user: fc.constantFrom(...USERS),
    });
    const aBatch = fc.array(anEvent, { minLength: 1, maxLength: 20 });
    const property = fc.asyncProperty(fc.array(aBatch, { minLength: 1, maxLength: 5 }), async (batches) => {
      expect(await outcome(batches)).toEqual(await outcome(batches.flat().map((event) => [event])));
    });
    await fc.assert(property, { seed: 20_260_116, numRuns: 25 });
  }, 120_000);
});
