import { loadConfig } from '../../src/platform/config/config.js';
import { GetFactsHandler, GetFactsQuery } from '../../src/regions/application/facts/get-facts.query.js';
import {
  type ConflictSlice,
  type FactSlice,
  type Moment,
  RegionFacts,
  type Wanted,
} from '../../src/regions/application/facts/region-facts.port.js';
import { FACT_COLUMNS } from '../../src/regions/domain/fact-row.js';
import type { ConflictPlace, FactPlace, NumberedPlace } from '../../src/regions/domain/fact-walk.js';
import { slices } from '../support/application.js';

const PAGE = 2;
const keyOf = (n: number) => `0190a000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const FLOOR = 1_000;

const factIn = (tx: bigint, n: number, occurredAt = FLOOR): NumberedPlace => ({
  tx,
  eventKey: keyOf(n),
  eventType: 'click',
  occurredAt,
});
const conflictIn = (tx: bigint, n: number): ConflictPlace => ({
  tx,
  eventKey: keyOf(n),
  eventType: 'click',
  fingerprint: 1n,
});

/** The positions of a database before and after it came back without its last transactions, in one history. */
class OneDatabase extends RegionFacts {
  committed: NumberedPlace[] = [];
  disputed: ConflictPlace[] = [];
  /** The ids of the oldest transaction that is open, and of the one that begins next. */
  ids = { ended: 1n, next: 1n };

  override prepare = () => Promise.resolve();
  override openDeadLetters = () => Promise.resolve(0);

  override moment(): Promise<Moment> {
    const history = { system: '7000000000000000000', timeline: '00000001' };
    return Promise.resolve({ history, ...this.ids, asOf: 0, floor: FLOOR, heldBack: null });
  }

  override isThere({ tx, eventKey }: NumberedPlace): Promise<boolean> {
    return Promise.resolve(this.committed.some((fact) => fact.tx === tx && fact.eventKey === eventKey));
  }

  override isConflictThere({ tx, eventKey }: ConflictPlace): Promise<boolean> {
    return Promise.resolve(this.disputed.some((conflict) => conflict.tx === tx && conflict.eventKey === eventKey));
  }

  override unnumbered(): Promise<FactSlice<FactPlace>> {
    return Promise.resolve({ facts: [], last: null, full: false, next: null });
  }

  override numbered(
    { from, before, after }: { readonly from: bigint; readonly before: bigint; readonly after: NumberedPlace | null },
    { limit }: Wanted,
  ): Promise<FactSlice<NumberedPlace>> {
    const places = this.committed.filter(({ tx }) => tx >= from && tx < before).filter(isAfter(after));
    const shown = places.slice(0, limit);
    return Promise.resolve({
      facts: shown.map(({ eventKey }) => FACT_COLUMNS.map(() => eventKey)),
      last: shown.at(-1) ?? null,
      full: places.length > limit,
      next: places[limit] ?? null,
    });
  }

  override conflicts({ before, after }: { readonly before: bigint; readonly after: ConflictPlace | null }) {
    const places = this.disputed.filter(({ tx }) => tx < before).filter(isAfter(after));
    const contents = places.map(({ eventKey, eventType }) => ({
      event_key: eventKey,
      event_type: eventType,
      event_id: eventKey,
      fingerprint: '1',
      content: '{}',
    }));
    return Promise.resolve<ConflictSlice>({ contents, last: places.at(-1) ?? null, full: false });
  }
}

const isAfter =
  (after: { readonly tx: bigint; readonly eventKey: string } | null) =>
  ({ tx, eventKey }: { readonly tx: bigint; readonly eventKey: string }) =>
    after === null || tx > after.tx || (tx === after.tx && eventKey > after.eventKey);

describe('a walk over a database that lost its last transactions, and gives out their ids again', () => {
  let database: OneDatabase;
  let handler: GetFactsHandler;

  beforeEach(() => {
    database = new OneDatabase();
    handler = new GetFactsHandler(database, loadConfig(slices, {}));
  });

  const pageFrom = (cursor: string | null) => handler.execute(new GetFactsQuery(cursor, null, PAGE));
  /** All that it shows from there on. */
  const walk = async (from: string | null) => {
    const seen = { keys: [] as string[], conflicts: [] as string[], watermark: '', restarted: false };
    for (let cursor = from, more = true; more;) {
      const page = await pageFrom(cursor);
      seen.keys.push(...page.facts.map(([key]) => key!));
      seen.conflicts.push(...page.conflicts.map(({ event_key }) => event_key));
      seen.watermark = page.watermark;
      seen.restarted ||= page.restarted;
      cursor = page.next_cursor;
      more = cursor !== null;
    }
    return seen;
  };

  it('ends before the ids that a crash amid it took back: what is open under them is for the next walk', async () => {
    database.committed = [1, 2, 3].map((n) => factIn(10n, n));
    database.ids = { ended: 20n, next: 20n };
    let page = await pageFrom(null);
    while (page.facts.length === 0) page = await pageFrom(page.next_cursor);
    const first = page.facts.map(([key]) => key!);
    // Transactions 11 to 19 were rolled back, and the write-ahead log does not know of them.
    database.ids = { ended: 11n, next: 13n };
    database.committed.push(factIn(12n, 5));
    const rest = await walk(page.next_cursor);
    // The other one of the two commits.
    database.committed.splice(3, 0, factIn(11n, 4));
    database.ids = { ended: 13n, next: 13n };
    const later = await walk(rest.watermark);
    expect([...first, ...rest.keys, ...later.keys]).toEqual([1, 2, 3, 4, 5].map(keyOf));
  });

  it('reads conflicts again where the last one that was read is gone, and the last fact is not', async () => {
    database.committed = [factIn(10n, 1)];
    database.disputed = [conflictIn(11n, 1), conflictIn(15n, 2)];
    database.ids = { ended: 16n, next: 16n };
    const before = await walk(null);
    expect(before.conflicts).toEqual([1, 2].map(keyOf));
    database.disputed = [conflictIn(11n, 1), conflictIn(12n, 3)];
    const after = await walk(before.watermark);
    expect(after).toMatchObject({ keys: [], conflicts: [1, 3].map(keyOf), restarted: false });
    expect((await walk(after.watermark)).conflicts).toEqual([]);
  });

  it('begins anew where no transaction has the id of the last fact yet, below the retention floor too', async () => {
    database.committed = [factIn(10n, 1), factIn(15n, 2, FLOOR - 1)];
    database.ids = { ended: 16n, next: 16n };
    const { watermark } = await walk(null);
    database.committed = [factIn(10n, 1), factIn(12n, 3)];
    database.ids = { ended: 13n, next: 13n };
    expect(await walk(watermark)).toMatchObject({ keys: [1, 3].map(keyOf), restarted: true });
  });
});
