import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { REASON_CODES, REJECTION_REASONS, type RejectionReason } from '../../events/domain/rejection.js';
import type { DeadLetterState } from '../domain/dead-letter-state.js';
import type { ReasonCount } from './answers/dead-letter.answer.js';
import { DeadLettersReader } from './dead-letters-reader.port.js';

/** Counts letters by reason, in the order of the checks. Reasons without a letter are included. */
export class CountDeadLettersQuery extends Query<readonly ReasonCount[]> {}

@QueryHandler(CountDeadLettersQuery)
export class CountDeadLettersHandler implements IQueryHandler<CountDeadLettersQuery> {
  constructor(private readonly reader: DeadLettersReader) {}

  async execute(): Promise<readonly ReasonCount[]> {
    const counts = await this.reader.counts();
    const of = (reason: RejectionReason, state: DeadLetterState) =>
      counts.find((count) => count.reason === reason && count.state === state)?.letters ?? 0;
    return REASON_CODES.map((reason) => ({
      reason,
      ...REJECTION_REASONS[reason],
      open: of(reason, 'open'),
      replayed: of(reason, 'replayed'),
      erased: of(reason, 'erased'),
    }));
  }
}
