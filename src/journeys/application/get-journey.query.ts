import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { TimeRange } from '../../events/domain/time-range.js';
import { formatInstant } from '../../events/domain/timestamps.js';
import { AnswerCache } from '../../metrics/application/answer-cache.js';
import { FreshnessOfTopics, ofWindow } from '../../metrics/application/freshness.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Journey } from './answers/journey.answer.js';
import { decodeJourneyCursor, encodeJourneyCursor } from './journey-cursor.js';
import { type JourneyPage, type JourneyPlace, JourneyReader, type Room } from './journey-reader.port.js';
import { wholeJourney } from './whole-journey.js';

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

/** A page ends early at about so many bytes of JSON, as that of events does; an address has up to 8 kB, and a session names two. */
const PAGE_BYTES = 4_000_000;

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
    const [{ summary, sessions, last, range, exact }, freshness] = await Promise.all([
      this.read(userId, asked, after, { limit, bytes: PAGE_BYTES }, signal),
      this.freshness.at(asOf),
    ]);
    return {
      user_id: userId,
      window: { from: side(range.start - 1), to: side(range.end - 1) },
      exact,
      computed_from: 'facts',
      definitions: DEFINITIONS,
      summary,
      sessions,
      next_cursor: last ? encodeJourneyCursor(last) : null,
      ...ofWindow(freshness, exact),
    };
  }

  /** Most persons have few events, which all stand on their first page. */
  private async read(
    userId: string,
    asked: TimeRange,
    after: JourneyPlace | null,
    room: Room,
    signal?: AbortSignal,
  ): Promise<JourneyPage> {
    if (after === null) {
      const { moments, ...kept } = await this.reader.whole(userId, asked, room, signal);
      if (moments) return { ...kept, ...wholeJourney(moments), last: null };
    }
    return this.reader.page(userId, asked, after, room, signal);
  }
}

const side = (ms: number) => (Number.isFinite(ms) ? formatInstant(ms) : null);
