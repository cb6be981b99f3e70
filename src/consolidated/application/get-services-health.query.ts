import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { ServicesHealth } from './answers/services-health.answer.js';
import type { Caller } from './caller.js';
import { SharedCalls } from './shared-calls.js';
import { UpstreamConditions } from './upstream-conditions.port.js';

/** The state of each service, in one of four words. */
const KEPT_BYTES = 100;

/** How each of the four services is, right now. */
export class GetServicesHealthQuery extends Query<ServicesHealth> {
  constructor(
    readonly caller: Caller,
    readonly closed: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(GetServicesHealthQuery)
export class GetServicesHealthHandler implements IQueryHandler<GetServicesHealthQuery> {
  constructor(
    private readonly conditions: UpstreamConditions,
    private readonly shared: SharedCalls,
  ) {}

  /** Polling clients share the questions with others, so the services are not asked more often than for data. */
  execute({ caller, closed }: GetServicesHealthQuery): Promise<ServicesHealth> {
    const question = { of: 'health', userId: null, authorization: caller.authorization };
    return this.shared.get(question, closed, {
      begin: (abandoned) => this.conditions.now(caller, abandoned),
      kept: () => KEPT_BYTES,
    });
  }
}
