import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { REASON_CODES, REJECTION_REASONS, type RejectionReason } from '../../events/domain/rejection.js';
import { DeadLettersReader, type DeadLetterState } from './dead-letters-reader.port.js';

/** A reason of the closed list, what to do about it, and how many letters have it. */
export interface ReasonCount {
  readonly reason: RejectionReason;
  readonly meaning: string;
  readonly fix: string;
  readonly open: number;
  readonly replayed: number;
}

/** Every reason in the order of the checks, those without a letter included. */
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
    }));
  }
}
