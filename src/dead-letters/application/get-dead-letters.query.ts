import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { RejectionReason } from '../../events/domain/rejection.js';
import { TimeRange } from '../../events/domain/time-range.js';
import type { DeadLetterState } from '../domain/dead-letter-state.js';
import type { DeadLetterPage } from './answers/dead-letter.answer.js';
import { decodeLetterCursor, encodeLetterCursor } from './dead-letter-cursor.js';
import { DeadLettersReader } from './dead-letters-reader.port.js';

/** A page ends early when it has about so many bytes of JSON. */
const PAGE_BYTES = 4_000_000;

/** Answers one page of dead letters by `first_seen`. */
export class GetDeadLettersQuery extends Query<DeadLetterPage> {
  constructor(
    readonly filter: {
      readonly reason: RejectionReason | null;
      /** The full name. */
      readonly topic: string | null;
      readonly state: DeadLetterState | null;
      readonly from: string | null;
      readonly to: string | null;
    },
    readonly limit: number,
    readonly cursor: string | null,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(GetDeadLettersQuery)
export class GetDeadLettersHandler implements IQueryHandler<GetDeadLettersQuery> {
  constructor(private readonly reader: DeadLettersReader) {}

  /** @throws {InvalidTimeRange} @throws {InvalidCursor} */
  async execute({
    filter: { from, to, ...filter },
    limit,
    cursor,
    signal,
  }: GetDeadLettersQuery): Promise<DeadLetterPage> {
    const range = TimeRange.parse(from, to);
    const before = cursor === null ? null : decodeLetterCursor(cursor);
    const most = { limit, bytes: PAGE_BYTES };
    const { letters, follows, full } = await this.reader.slice({ ...filter, range }, before, most, signal);
    const last = follows ? letters.at(-1) : undefined;
    const next = last && encodeLetterCursor({ firstSeen: Date.parse(last.first_seen), id: last.id });
    return { dead_letters: letters, next_cursor: next ?? null, truncated_by: full ? 'bytes' : null };
  }
}
