import { InvalidTimeRange, TimeRange } from '../../src/events/domain/time-range.js';
import type {
  JourneyEvent,
  JourneySession,
  JourneySummary,
} from '../../src/journeys/application/answers/journey.answer.js';
import { GetJourneyHandler, GetJourneyQuery } from '../../src/journeys/application/get-journey.query.js';
import {
  type JourneyMoment,
  type JourneyPage,
  type JourneyPlace,
  JourneyReader,
  type Position,
  type Room,
  type WholeJourney,
} from '../../src/journeys/application/journey-reader.port.js';
import { InvalidCursor } from '../../src/platform/opaque-cursor.js';
import { MetricsInMemory } from '../metrics/application/metrics-in-memory.js';
import { TEST_TIME, testUuid } from '../support/events.js';

const SUMMARY = { total_sessions: 2, total_events: 5 } as JourneySummary;

const position = (n: number): Position => ({ occurredAt: TEST_TIME + n, eventKey: testUuid(n), eventType: 'click' });

/** The n-th event, in the session that begins with another one. */
const momentOf = (n: number, first: number): JourneyMoment & { readonly place: JourneyPlace } => ({
  occurredAt: TEST_TIME + n,
  sessionId: `s-${first}`,
  place: { session: position(first), event: position(n) },
  event: { event_id: `e-${n}`, event_type: 'click', reaction: null, interaction: null } as JourneyEvent,
});

/** Two sessions: the events 0, 1 and 2, and then 3 and 4. */
class MemoryJourneys extends JourneyReader {
  exact = true;
  range: TimeRange | null = null;
  private readonly moments = [momentOf(0, 0), momentOf(1, 0), momentOf(2, 0), momentOf(3, 3), momentOf(4, 3)];

  whole(_: string, range: TimeRange, { limit }: Room): Promise<WholeJourney> {
    this.range = range;
    const moments = this.moments.length > limit ? null : this.moments;
    return Promise.resolve({ moments, range, exact: this.exact });
  }

  page(_: string, range: TimeRange, after: JourneyPlace | null, { limit }: Room): Promise<JourneyPage> {
    this.range = range;
    const from =
      after === null ? 0 : this.moments.findIndex(({ place }) => place.event.eventKey === after.event.eventKey) + 1;
    const moments = this.moments.slice(from, from + limit);
    const firsts = moments.filter(({ sessionId }, n) => sessionId !== moments[n - 1]?.sessionId);
    return Promise.resolve({
      summary: SUMMARY,
      sessions: firsts.map(({ sessionId, place }) => ({
        ...({ session_id: sessionId, total_events: 3 } as JourneySession),
        continued: after?.session.eventKey === place.session.eventKey,
        events: moments.filter((moment) => moment.sessionId === sessionId).map(({ event }) => event),
      })),
      last: from + moments.length < this.moments.length ? moments.at(-1)!.place : null,
      range,
      exact: this.exact,
    });
  }
}

describe('a journey', () => {
  let reader: MemoryJourneys;
  beforeEach(() => (reader = new MemoryJourneys()));

  const ALL_TIME = { from: null, to: null };
  const journey = (limit: number, cursor: string | null = null, wanted: GetJourneyQuery['wanted'] = ALL_TIME) => {
    const { freshness, cache, clock } = new MetricsInMemory(TEST_TIME);
    const handler = new GetJourneyHandler(reader, freshness, cache, clock);
    return handler.execute(new GetJourneyQuery('u-1', wanted, { limit, cursor }));
  };
  const shown = ({ sessions }: Awaited<ReturnType<typeof journey>>) =>
    sessions.map(({ session_id, continued, events }) => [
      session_id,
      continued,
      events.map(({ event_id }) => event_id),
    ]);

  it('is told session by session, each with its events', async () => {
    const answer = await journey(10);
    expect(answer).toMatchObject({ user_id: 'u-1', summary: SUMMARY, next_cursor: null, complete: true });
    expect(shown(answer)).toEqual([
      ['s-0', false, ['e-0', 'e-1', 'e-2']],
      ['s-3', false, ['e-3', 'e-4']],
    ]);
    expect(answer.sessions[0]).toMatchObject({ total_events: 3 });
  });

  it('is walked along the cursors; a session that began on an earlier page says so', async () => {
    const first = await journey(2);
    const second = await journey(2, first.next_cursor);
    const third = await journey(2, second.next_cursor);
    expect([first, second, third].map(shown)).toEqual([
      [['s-0', false, ['e-0', 'e-1']]],
      [
        ['s-0', true, ['e-2']],
        ['s-3', false, ['e-3']],
      ],
      [['s-3', true, ['e-4']]],
    ]);
    expect(third.next_cursor).toBeNull();
  });

  it('is of all time, or of a range; a side that is open is null', async () => {
    expect((await journey(1)).window).toEqual({ from: null, to: null });
    const from = '2026-01-15T08:00:00.000Z';
    expect((await journey(1, null, { from, to: null })).window).toEqual({ from, to: null });
    expect(reader.range).toEqual(TimeRange.parse(from, null));
  });

  it('is not complete where the range is no longer kept', async () => {
    reader.exact = false;
    expect(await journey(1)).toMatchObject({ exact: false, complete: false, missing: [{ reason: 'retention' }] });
  });

  it('refuses a range that is none, and a cursor that it did not write', async () => {
    await expect(journey(1, null, { from: 'noon', to: null })).rejects.toThrow(InvalidTimeRange);
    await expect(journey(1, 'a cursor')).rejects.toThrow(InvalidCursor);
  });
});
