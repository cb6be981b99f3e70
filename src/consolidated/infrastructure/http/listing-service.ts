import type { Static, TObject } from 'typebox';
import type { Logger } from '../../../platform/observability/logger.js';
import type { Caller } from '../../application/caller.js';
import { EMPTY_LIST } from '../../application/lists/service-list.js';
import type { Sourced } from '../../application/sourced.js';
import type { Condition, UpstreamName } from '../../domain/upstream.js';
import type { ItemCheck, Listed } from './listed-items.js';
import type { BodyText } from './exchange/answer-body.js';
import type { UpstreamQuestion } from './questions.js';
import type { Upstream } from './upstream.js';
import type { UpstreamFigures } from './upstream-figures.js';
import { UpstreamFailure } from './upstream-failure.js';

/** The value is that of the older orchestrator. */
const PROBE_MS = 2_000;

interface Parts<Schema extends TObject, Beside> {
  readonly name: UpstreamName;
  /** Null: our own broker has this address, so the service is not asked. */
  readonly upstream: Upstream | null;
  readonly check: ItemCheck<Schema>;
  /** The largest answer. */
  readonly maxBytes: number;
  /** Makes something of the sums that may stand beside the list; null: there are none. */
  readonly beside: (sums: string | null) => Beside;
  readonly figures: UpstreamFigures;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

type Whole<Schema extends TObject, Beside> = Listed<Static<Schema>> & {
  readonly bytes: number;
  readonly beside: Beside;
};

/** A service that lists items: it is asked, its items are checked, and the outcome says how the call ended. */
export class ListingService<Schema extends TObject, Beside> {
  constructor(private readonly parts: Parts<Schema, Beside>) {}

  async ask(
    { request, isWanted }: UpstreamQuestion<Static<Schema>>,
    caller: Caller,
    closed: AbortSignal,
  ): Promise<Sourced<Static<Schema>> & { readonly beside: Beside }> {
    const { name, upstream, figures, logger, now } = this.parts;
    const { value, attempts, ms } = upstream
      ? await upstream.call(request, caller, (body) => this.read(body, isWanted), closed)
      : { value: ownBroker(name), attempts: 0, ms: 0 };
    if (value instanceof UpstreamFailure) {
      const { reason, message, cause } = value;
      figures.called(name, reason, ms, 0);
      const told = { upstream: name, reason, detail: message, attempts, ms, request_id: caller.requestId };
      logger.warn(cause === undefined ? told : { ...told, err: cause }, 'a service of the orchestrator failed');
      const nothing = { items: EMPTY_LIST, rejectedItems: 0, bytes: 0, beside: this.parts.beside(null) };
      return { ...nothing, status: 'error', reason, detail: message, attempts, ms, at: now() };
    }
    const { items, rejected, firstFault, bytes, beside } = value;
    figures.called(name, 'ok', ms, rejected);
    if (firstFault !== null) {
      const told = { upstream: name, rejected_items: rejected, detail: firstFault, request_id: caller.requestId };
      logger.warn(told, 'items of a service of the orchestrator are of the wrong shape');
    }
    return {
      items,
      status: items.length > 0 ? 'ok' : 'no_data',
      reason: firstFault === null ? null : 'wrong_shape',
      detail: firstFault,
      attempts,
      ms,
      rejectedItems: rejected,
      at: now(),
      bytes,
      beside,
    };
  }

  async condition(
    { request }: UpstreamQuestion<Static<Schema>>,
    caller: Caller,
    closed: AbortSignal,
  ): Promise<Condition> {
    try {
      await this.parts.upstream?.probe(request, caller, (body) => this.read(body, null), closed, PROBE_MS);
      return this.parts.upstream ? 'healthy' : 'unhealthy';
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      if (error.wantsCredentials) return 'healthy';
      return error.reason === 'timeout' ? 'timeout' : 'unhealthy';
    }
  }

  private *read(
    body: BodyText | null,
    isWanted: UpstreamQuestion<Static<Schema>>['isWanted'],
  ): Generator<void, Whole<Schema, Beside>> {
    const { check, maxBytes, beside } = this.parts;
    const { text, memory } = body ?? { text: 'null', memory: 0 };
    const listed = yield* check.of(text, { maxBytes, isWanted });
    return { ...listed, bytes: memory + listed.objectBytes, beside: beside(listed.sums) };
  }
}

const ownBroker = (name: UpstreamName) =>
  new UpstreamFailure('own_broker', `our own Pulsar answers at this address: set ${name.toUpperCase()}_URL`, {
    counted: false,
  });
