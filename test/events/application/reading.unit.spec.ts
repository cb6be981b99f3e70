import type { EventsWanted } from '../../../src/events/application/events-wanted.js';
import { EventNotFound, GetEventHandler, GetEventQuery } from '../../../src/events/application/get-event.query.js';
import { GetEventsHandler, GetEventsQuery } from '../../../src/events/application/get-events.query.js';
import type { EventType } from '../../../src/events/domain/incoming-event.js';
import { InvalidCursor } from '../../../src/platform/opaque-cursor.js';
import { TestClock } from '../../support/application.js';
import { TEST_TIME } from '../../support/events.js';
import { ANY_EVENTS, MemoryClicks } from './memory-clicks.js';

describe('reading events', () => {
  let reader: MemoryClicks;
  beforeEach(() => (reader = new MemoryClicks(5)));

  const page = (wanted: Partial<EventsWanted>, order: 'asc' | 'desc' = 'desc', cursor: string | null = null) =>
    new GetEventsHandler(reader, new TestClock(TEST_TIME)).execute(
      new GetEventsQuery({ ...ANY_EVENTS, ...wanted }, { order, limit: 2, cursor }),
    );
  const find = (id: string, eventType: EventType | null = null) =>
    new GetEventHandler(reader).execute(new GetEventQuery(id, eventType));

  it.each([
    ['asc', [0, 1, 2, 3, 4]],
    ['desc', [4, 3, 2, 1, 0]],
  ] as const)('a walk (%s) shows each event once, and ends', async (order, expected) => {
    const shown: string[] = [];
    let cursor: string | null = null;
    do {
      const { events, next_cursor } = await page({}, order, cursor);
      shown.push(...events.map(({ event_id }) => event_id));
      cursor = next_cursor;
    } while (cursor !== null);
    expect(shown).toEqual(expected.map((n) => `click-${n}`));
  });

  it('a cursor of the other order, or of nobody, is refused', async () => {
    const { next_cursor } = await page({}, 'asc');
    await expect(page({}, 'desc', next_cursor)).rejects.toThrow(/belongs to a walk with order=asc/);
    await expect(page({}, 'desc', 'a cursor')).rejects.toThrow(InvalidCursor);
  });

  it('a page that its bytes ended says so', async () => {
    expect((await page({})).truncated_by).toBeNull();
    reader.full = true;
    expect((await page({})).truncated_by).toBe('bytes');
  });

  it('the address of a page alone means its clicks; beside a type or a person it means what it says', async () => {
    const meant = async (wanted: Partial<EventsWanted>) => {
      await page(wanted);
      return [reader.asked.at(-1)!.filter.eventType, reader.asked.at(-1)!.filter.interaction];
    };
    expect(await meant({ pageUrl: '/a' })).toEqual(['click', 'none']);
    expect(await meant({ pageUrl: '/a', interaction: 'scroll' })).toEqual(['click', 'scroll']);
    expect(await meant({ pageUrl: '/a', eventType: 'sale' })).toEqual(['sale', null]);
    expect(await meant({ pageUrl: '/a', userId: 'u' })).toEqual([null, null]);
    expect(reader.asked.at(-1)!.request.newest).toBe(TEST_TIME);
  });

  it('an event is found by its id, and by its type where that is told', async () => {
    expect(await find('click-3')).toMatchObject([{ event_id: 'click-3' }]);
    expect(await find('click-3', 'click')).toHaveLength(1);
    await expect(find('click-3', 'sale')).rejects.toThrow('There is no sale with this event_id');
    await expect(find('none')).rejects.toThrow(EventNotFound);
  });
});
