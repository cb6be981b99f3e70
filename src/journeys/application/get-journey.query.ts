import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { TimeRange } from '../../events/domain/time-range.js';
import { formatInstant } from '../../events/domain/timestamps.js';
import { AnswerCache } from '../../metrics/application/answer-cache.js';
import { FreshnessOfTopics, ofWindow } from '../../metrics/application/freshness.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Journey, JourneySession } from './answers/journey.answer.js';
import { decodeJourneyCursor, encodeJourneyCursor } from './journey-cursor.js';
import { type JourneyPlace, JourneyReader, type PlacedEvent, type Position } from './journey-reader.port.js';

/** Asks what one person did, session by session. */
export class GetJourneyQuery extends Query<Journey> {
  constructor(
    readonly userId: string,
    readonly wanted: { readonly from: string | null; readonly to: string | null },
    readonly page: { readonly limit: number; readonly cursor: string | null },
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

const DEFINITIONS = {
  session: 'events with the same session_id; of those without one, events of which each follows within 30 minutes',
  order: 'sessions by their first event, events by occurred_at, then id, then type',
} as const;

@QueryHandler(GetJourneyQuery)
export class GetJourneyHandler implements IQueryHandler<GetJourneyQuery> {
  constructor(
    private readonly reader: JourneyReader,
    private readonly freshness: FreshnessOfTopics,
    private readonly cache: AnswerCache,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidTimeRange} @throws {InvalidCursor} @throws {RangeTooLong} */
  async execute({ userId, wanted: { from, to }, page: { limit, cursor }, signal }: GetJourneyQuery): Promise<Journey> {
    const range = TimeRange.parse(from, to);
    const after = cursor === null ? null : decodeJourneyCursor(cursor);
    const key = ['journey', userId, from, to, limit, cursor];
    return this.cache.get(key, (shared) => this.page(userId, range, after, limit, shared), { costly: true, signal });
  }

  private async page(
    userId: string,
    asked: TimeRange,
    after: JourneyPlace | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<Journey> {
    const asOf = this.clock.now();
    const [{ summary, events, follows, range, exact }, freshness] = await Promise.all([
      this.reader.page(userId, asked, after, limit, signal),
      this.freshness.at(asOf),
    ]);
    const last = follows ? events.at(-1) : undefined;
    return {
      user_id: userId,
      window: { from: side(range.start - 1), to: side(range.end - 1) },
      exact,
      computed_from: 'facts',
      definitions: DEFINITIONS,
      summary,
      sessions: sessionsOf(events, after),
      next_cursor: last ? encodeJourneyCursor(last.place) : null,
      ...ofWindow(freshness, exact),
    };
  }
}

const side = (ms: number) => (Number.isFinite(ms) ? formatInstant(ms) : null);

/** @param events sorted so that those of a session stand together */
function sessionsOf(events: readonly PlacedEvent[], after: JourneyPlace | null): JourneySession[] {
  const sessions: { at: Position; session: JourneySession; events: JourneySession['events'][number][] }[] = [];
  for (const { place, session, event } of events) {
    const open = sessions.at(-1);
    if (open && samePlace(open.at, place.session)) {
      open.events.push(event);
      continue;
    }
    const ofSession = [event];
    const continued = after !== null && samePlace(after.session, place.session);
    sessions.push({ at: place.session, session: { ...session, continued, events: ofSession }, events: ofSession });
  }
  return sessions.map(({ session }) => session);
}

const samePlace = (one: Position, other: Position) =>
  one.occurredAt === other.occurredAt && one.eventKey === other.eventKey && one.eventType === other.eventType;
