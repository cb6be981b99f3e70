import type { EventView } from '../../../src/events/application/answers/event.answer.js';
import {
  type EventFilter,
  type EventSlice,
  EventsReader,
  type SliceRequest,
} from '../../../src/events/application/events-reader.port.js';
import type { EventsWanted } from '../../../src/events/application/events-wanted.js';
import { eventKeyOf } from '../../../src/events/domain/event-identity.js';
import type { EventType } from '../../../src/events/domain/incoming-event.js';
import { TEST_TIME } from '../../support/events.js';

export const ANY_EVENTS: EventsWanted = {
  from: null,
  to: null,
  eventType: null,
  userId: null,
  sessionId: null,
  pageUrl: null,
  label: null,
  interaction: null,
};

interface Click {
  readonly occurredAt: number;
  readonly eventKey: string;
  readonly view: EventView;
}

const clickOf = (n: number): Click => {
  const occurredAt = TEST_TIME + n * 1_000;
  const occurred_at = new Date(occurredAt).toISOString();
  return {
    occurredAt,
    eventKey: eventKeyOf(`click-${n}`),
    view: { event_type: 'click', event_id: `click-${n}`, occurred_at, user_id: n % 2 ? 'odd' : 'even' } as EventView,
  };
};

/** `click-0`, `click-1` … a second apart. */
export class MemoryClicks extends EventsReader {
  full = false;
  readonly asked: { readonly filter: EventFilter; readonly request: SliceRequest }[] = [];
  private readonly clicks: Click[];

  constructor(count: number) {
    super();
    this.clicks = Array.from({ length: count }, (_, n) => clickOf(n));
  }

  /** One more, a second later. */
  add(): void {
    this.clicks.push(clickOf(this.clicks.length));
  }

  slice(filter: EventFilter, request: SliceRequest): Promise<EventSlice> {
    this.asked.push({ filter, request });
    const { order, after, limit } = request;
    const { range, userId } = filter;
    const wanted = this.clicks.filter(
      ({ occurredAt, view }) =>
        occurredAt >= range.start && occurredAt < range.end && (userId ?? view.user_id) === view.user_id,
    );
    const ordered = order === 'asc' ? wanted : wanted.toReversed();
    const from = after === null ? 0 : ordered.findIndex(({ eventKey }) => eventKey === after.eventKey) + 1;
    const page = ordered.slice(from, from + limit);
    const last = from + page.length < ordered.length ? page.at(-1) : undefined;
    return Promise.resolve({
      events: page.map(({ view }) => view),
      last: last ? { occurredAt: last.occurredAt, eventKey: last.eventKey, eventType: 'click' } : null,
      full: this.full,
    });
  }

  find(key: string, eventType: EventType | null): Promise<readonly EventView[]> {
    const found = this.clicks.filter(({ eventKey }) => eventKey === key && (eventType ?? 'click') === 'click');
    return Promise.resolve(found.map(({ view }) => view));
  }
}
