import type { Condition, UpstreamName } from '../domain/upstream.js';
import type { Caller } from './caller.js';

export abstract class UpstreamConditions {
  /** Asks each service once for its data, and waits 2 s. @param closed as for `Users.of` */
  abstract now(caller: Caller, closed: AbortSignal): Promise<Readonly<Record<UpstreamName, Condition>>>;
}
