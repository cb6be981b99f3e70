import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { BrokenRule } from '../../platform/broken-rule.js';
import { DeadLettersReader, type DeadLetterWithBytes } from './dead-letters-reader.port.js';

/** No dead letter has this id, or its retention is over. */
export class DeadLetterNotFound extends BrokenRule {
  override readonly name = 'DeadLetterNotFound';
  constructor() {
    super(404, 'dead_letter_not_found', 'There is no dead letter with this id, or it is older than what is kept.');
  }
}

/** Answers one dead letter with its bytes. */
export class GetDeadLetterQuery extends Query<DeadLetterWithBytes> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(GetDeadLetterQuery)
export class GetDeadLetterHandler implements IQueryHandler<GetDeadLetterQuery> {
  constructor(private readonly reader: DeadLettersReader) {}

  /** @throws {DeadLetterNotFound} */
  async execute({ id }: GetDeadLetterQuery): Promise<DeadLetterWithBytes> {
    const found = await this.reader.find(id);
    if (!found) throw new DeadLetterNotFound();
    return found;
  }
}
