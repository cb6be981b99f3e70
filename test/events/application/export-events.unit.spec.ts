import type { EventsWanted } from '../../../src/events/application/events-wanted.js';
import { ExportEventsHandler, ExportEventsQuery } from '../../../src/events/application/export-events.query.js';
import { GetEventsHandler, GetEventsQuery } from '../../../src/events/application/get-events.query.js';
import { InvalidTimeRange } from '../../../src/events/domain/time-range.js';
import { InvalidCursor } from '../../../src/platform/opaque-cursor.js';
import { TestClock } from '../../support/application.js';
import { TEST_TIME } from '../../support/events.js';
import { ANY_EVENTS, MemoryClicks } from './memory-clicks.js';

const clock = new TestClock(TEST_TIME);
const OLDEST_FIRST = { order: 'asc', limit: null, cursor: null } as const;
const NEWEST_FIRST = { ...OLDEST_FIRST, order: 'desc' } as const;

type Page = ExportEventsQuery['page'];

const pagesOf = (reader: MemoryClicks, page: Page, wanted: Partial<EventsWanted> = {}) =>
  new ExportEventsHandler(reader, clock).execute(new ExportEventsQuery({ ...ANY_EVENTS, ...wanted }, page));

/** The number of each click that is exported, and the lengths of the pages that they come in. */
async function exported(reader: MemoryClicks, page: Page, wanted: Partial<EventsWanted> = {}) {
  const clicks: number[] = [];
  const lengths: number[] = [];
  for await (const events of await pagesOf(reader, page, wanted)) {
    clicks.push(...events.map(({ event_id }) => Number(event_id.slice('click-'.length))));
    lengths.push(events.length);
  }
  return { clicks, lengths };
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('an export of events', () => {
  it('gives each event once, in either order, in pages of 500 at most', async () => {
    const ascending = await exported(new MemoryClicks(1_200), OLDEST_FIRST);
    expect(ascending).toEqual({ clicks: upTo(1_200), lengths: [500, 500, 200] });
    const descending = await exported(new MemoryClicks(1_200), NEWEST_FIRST);
    expect(descending).toEqual({ clicks: upTo(1_200).toReversed(), lengths: [500, 500, 200] });
  });

  it('ends at its limit, and reads no more than that', async () => {
    const reader = new MemoryClicks(1_200);
    expect(await exported(reader, { ...NEWEST_FIRST, limit: 501 })).toMatchObject({ lengths: [500, 1] });
    expect(reader.asked.map(({ request }) => request.limit)).toEqual([500, 1]);
  });

  it('has no page where there is no event', async () => {
    for (const page of [OLDEST_FIRST, NEWEST_FIRST]) {
      expect(await exported(new MemoryClicks(0), page)).toEqual({ clicks: [], lengths: [] });
    }
  });

  it('goes on from the cursor of a walk in its order', async () => {
    const reader = new MemoryClicks(5);
    const first = { order: 'asc', limit: 2, cursor: null } as const;
    const { next_cursor } = await new GetEventsHandler(reader, clock).execute(new GetEventsQuery(ANY_EVENTS, first));
    expect((await exported(reader, { ...OLDEST_FIRST, cursor: next_cursor })).clicks).toEqual([2, 3, 4]);
    await expect(pagesOf(reader, { ...NEWEST_FIRST, cursor: next_cursor })).rejects.toThrow(InvalidCursor);
  });

  it('ends, oldest first, at the newest event of the range that there was when it began', async () => {
    const reader = new MemoryClicks(5);
    const pages = await pagesOf(reader, OLDEST_FIRST);
    reader.add();
    const shown: string[] = [];
    for await (const events of pages) shown.push(...events.map(({ event_id }) => event_id));
    expect(shown).toEqual(upTo(5).map((n) => `click-${n}`));
    const to = new Date(TEST_TIME + 3_000).toISOString();
    expect((await exported(reader, OLDEST_FIRST, { to })).clicks).toEqual(upTo(4));
  });

  it('looks for that end among all events, because the newest of a rare kind may be long ago', async () => {
    const reader = new MemoryClicks(5);
    expect((await exported(reader, OLDEST_FIRST, { userId: 'odd' })).clicks).toEqual([1, 3]);
    expect(reader.asked.map(({ filter }) => filter.userId)).toEqual([null, 'odd']);
  });

  it('reads a page only when the one before was taken', async () => {
    const reader = new MemoryClicks(1_200);
    const pages = (await pagesOf(reader, NEWEST_FIRST))[Symbol.asyncIterator]();
    expect(reader.asked).toHaveLength(0);
    await pages.next();
    expect(reader.asked).toHaveLength(1);
  });

  it('refuses a range that is none before it begins', async () => {
    await expect(pagesOf(new MemoryClicks(1), NEWEST_FIRST, { from: 'noon' })).rejects.toThrow(InvalidTimeRange);
  });
});
