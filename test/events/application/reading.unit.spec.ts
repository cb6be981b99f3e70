import type { EventView } from '../../../src/events/application/answers/event.answer.js';
import {
  type EventFilter,
  type EventSlice,
  EventsReader,
  type SliceRequest,
} from '../../../src/events/application/events-reader.port.js';
import type { EventsWanted } from '../../../src/events/application/events-wanted.js';
import { EventNotFound, GetEventHandler, GetEventQuery } from '../../../src/events/application/get-event.query.js';
import { GetEventsHandler, GetEventsQuery } from '../../../src/events/application/get-events.query.js';
import { eventKeyOf } from '../../../src/events/domain/event-identity.js';
import type { EventType } from '../../../src/events/domain/incoming-event.js';
import { InvalidCursor } from '../../../src/platform/opaque-cursor.js';
import { TestClock } from '../../support/application.js';
import { TEST_TIME } from '../../support/events.js';

const ANY: EventsWanted = {
  from: null,
  to: null,
  eventType: null,
  userId: null,
  sessionId: null,
  pageUrl: null,
  label: null,
  interaction: null,
};

/** Five clicks, a second apart, in the order that is asked for. */
class MemoryEvents extends EventsReader {
  full = false;
  asked: { filter: EventFilter; request: SliceRequest } | null = null;
  private readonly clicks = [0, 1, 2, 3, 4].map((n) => ({
    occurredAt: TEST_TIME + n * 1_000,
    eventKey: eventKeyOf(`click-${n}`),
    view: { event_type: 'click', event_id: `click-${n}` } as unknown as EventView,
  }));

  slice(filter: EventFilter, request: SliceRequest): Promise<EventSlice> {
    this.asked = { filter, request };
    const { order, after, limit } = request;
    const ordered = order === 'asc' ? this.clicks : this.clicks.toReversed();
    const from = after === null ? 0 : ordered.findIndex(({ eventKey }) => eventKey === after.eventKey) + 1;
    const page = ordered.slice(from, from + limit);
    const { occurredAt, eventKey } = page.at(-1)!;
    const follows = from + page.length < ordered.length;
    return Promise.resolve({
      events: page.map(({ view }) => view),
      last: follows ? { occurredAt, eventKey, eventType: 'click' } : null,
      full: this.full,
    });
  }

  find(key: string, eventType: EventType | null): Promise<readonly EventView[]> {
    const found = this.clicks.filter(({ eventKey }) => eventKey === key && (eventType ?? 'click') === 'click');
    return Promise.resolve(found.map(({ view }) => view));
  }
}

describe('reading events', () => {
  let reader: MemoryEvents;
  beforeEach(() => (reader = new MemoryEvents()));

  const page = (wanted: Partial<EventsWanted>, order: 'asc' | 'desc' = 'desc', cursor: string | null = null) =>
    new GetEventsHandler(reader, new TestClock(TEST_TIME)).execute(
      new GetEventsQuery({ ...ANY, ...wanted }, { order, limit: 2, cursor }),
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
      return [reader.asked!.filter.eventType, reader.asked!.filter.interaction];
    };
    expect(await meant({ pageUrl: '/a' })).toEqual(['click', 'none']);
    expect(await meant({ pageUrl: '/a', interaction: 'scroll' })).toEqual(['click', 'scroll']);
    expect(await meant({ pageUrl: '/a', eventType: 'sale' })).toEqual(['sale', null]);
    expect(await meant({ pageUrl: '/a', userId: 'u' })).toEqual([null, null]);
    expect(reader.asked!.request.newest).toBe(TEST_TIME);
  });

  it('an event is found by its id, and by its type where that is told', async () => {
    expect(await find('click-3')).toMatchObject([{ event_id: 'click-3' }]);
    expect(await find('click-3', 'click')).toHaveLength(1);
    await expect(find('click-3', 'sale')).rejects.toThrow('There is no sale with this event_id');
    await expect(find('none')).rejects.toThrow(EventNotFound);
  });
});
