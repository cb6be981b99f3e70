import type { StampedEvent } from './stamped-event.js';
import type { Reply } from './transport.js';

/**
 * Says what became of an event. `recorded` and `duplicate`: a region has stored it. `rejected`: it never will, `code` says why.
 * `dropped`: it was not sent, because the queue was full or the client closed.
 */
export interface Outcome {
  readonly event_id: string;
  readonly status: 'recorded' | 'duplicate' | 'rejected' | 'dropped';
  readonly code: string | null;
}

const VERDICTS: readonly unknown[] = ['recorded', 'duplicate', 'rejected'];

/** An outcome for each event of a batch; null where the reply is none of a region that works, whatever its status. */
export function outcomesOf(batch: readonly StampedEvent[], { status, body }: Reply): readonly Outcome[] | null {
  const { results, code } = (body ?? {}) as { results?: unknown; code?: unknown };
  // An event that one region refuses is not sent to the other, which would refuse it too.
  if (status >= 400 && status < 500) {
    const why = typeof code === 'string' ? code : `http_${status}`;
    return batch.map(({ id }) => ({ event_id: id, status: 'rejected', code: why }));
  }
  // A sign-in page of a café's network is 200 as well.
  if (status !== 200 || !Array.isArray(results) || results.length !== batch.length) return null;
  const outcomes = results as readonly (Partial<Outcome> | null)[];
  if (outcomes.some((one) => !VERDICTS.includes(one?.status))) return null;
  return batch.map(({ id }, at) => ({ event_id: id, status: outcomes[at]!.status!, code: outcomes[at]!.code ?? null }));
}
