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
import type { FactPlace, NumberedPlace } from '../../src/regions/domain/fact-walk.js';
import { slices } from '../support/application.js';

const PAGE = 2_000;
/** Facts of each transaction are numbered from 0: the number is their key. */
const keyOf = (n: number) => `0190a000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** Transactions that recorded the same number of facts each; it counts the facts that PostgreSQL would have to read and sort. */
class EvenFacts extends RegionFacts {
  looked = 0;
  pages = 0;

  constructor(
    private readonly transactions: number,
    private readonly factsEach: number,
  ) {
    super();
  }

  override prepare = () => Promise.resolve();
  override isThere = () => Promise.resolve(true);
  override isConflictThere = () => Promise.resolve(true);
  override openDeadLetters = () => Promise.resolve(0);

  override moment(): Promise<Moment> {
    const end = BigInt(this.transactions);
    const history = { system: '7000000000000000000', timeline: '00000001' };
    return Promise.resolve({ history, ended: end, next: end, asOf: 0, floor: 0, heldBack: null });
  }

  override unnumbered(): Promise<FactSlice<FactPlace>> {
    return Promise.resolve({ facts: [], last: null, full: false, next: null });
  }

  override conflicts(): Promise<ConflictSlice> {
    return Promise.resolve({ contents: [], last: null, full: false });
  }

  override numbered(
    { from, before, after }: { readonly from: bigint; readonly before: bigint; readonly after: NumberedPlace | null },
    { limit }: Wanted,
  ): Promise<FactSlice<NumberedPlace>> {
    this.pages += 1;
    this.looked += Number(before - from) * this.factsEach;
    const places: NumberedPlace[] = [];
    for (let tx = from; tx < before && places.length <= limit; tx++) {
      for (let n = 0; n < this.factsEach && places.length <= limit; n++) {
        const eventKey = keyOf(n);
        if (after !== null && (tx < after.tx || (tx === after.tx && eventKey <= after.eventKey))) continue;
        places.push({ tx, eventKey, eventType: 'click', occurredAt: 0 });
      }
    }
    const shown = places.slice(0, limit);
    const facts = shown.map(({ tx, eventKey }) => FACT_COLUMNS.map(() => `${tx}/${eventKey}`));
    const next = places[limit] ?? null;
    return Promise.resolve({ facts, last: shown.at(-1) ?? null, full: next !== null, next });
  }
}

describe('a walk over facts', () => {
  it.each([
    ['one at a time', 20_000, 1],
    ['a few at a time', 3_000, 7],
    ['as many as a page has', 20, 2_000],
    ['in transactions larger than a page', 5, 7_001],
  ])('that were recorded %s reads each about once, and shows each once', async (_, transactions, factsEach) => {
    const facts = new EvenFacts(transactions, factsEach);
    const handler = new GetFactsHandler(facts, loadConfig(slices, {}));
    const shown = new Set<string | null>();
    let count = 0;
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page = await handler.execute(new GetFactsQuery(cursor, null, PAGE));
      for (const [place] of page.facts) shown.add(place!);
      count += page.facts.length;
      cursor = page.next_cursor;
      pages += 1;
    } while (cursor !== null);
    const all = transactions * factsEach;
    expect([shown.size, count]).toEqual([all, all]);
    // The rest of a transaction that does not fit into a page is looked at again, and the first look is at 64 of them.
    const atFirst = 64 * factsEach;
    const again = Math.max(1, Math.ceil(factsEach / PAGE)) + 1;
    expect(facts.looked).toBeLessThanOrEqual(Math.min(atFirst, all) + all * again);
    expect(pages).toBeLessThanOrEqual(2 * Math.ceil(all / PAGE) + 12);
  });
});
