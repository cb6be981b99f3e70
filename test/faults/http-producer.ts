import type { Canaries } from '../support/canaries.js';
import type { EventStream, Outgoing } from './event-stream.js';
import { TOLD, type Told } from './ledger.js';
import type { LoadTarget, Sent } from './load.js';
import type { Random } from './random.js';

const RETRY_MS = 250;
/** Longer than the service lets a request wait for storage. */
const TIMEOUT_MS = 20_000;

interface Result {
  readonly index: number;
  readonly status: 'recorded' | 'duplicate' | 'rejected';
  readonly event_id: string | null;
  readonly code: string | null;
}

/** The key by which a client proves who it is, and the secrets that no answer that refuses it may say. */
export interface Access {
  readonly key: string;
  readonly canaries: Canaries;
}

type Statement = readonly [Told, Outgoing];

/** A client of POST /events and POST /track that sends the same body to any replica until one answers. */
export class HttpProducer {
  constructor(
    private readonly target: Pick<LoadTarget, 'services' | 'access'>,
    private readonly stream: EventStream,
    private readonly random: Random,
    private readonly sent: Sent,
  ) {}

  /** One POST /events. @returns what it was told, for the ledger */
  async batch(size: number): Promise<Statement[]> {
    const items = Array.from({ length: size }, () => {
      const next = this.stream.next();
      return next.content === null ? this.stream.httpPoison() : next;
    });
    const body = `{"events":[${items.map(({ payload }) => payload.toString()).join(',')}]}`;
    const { results } = (await this.post('/events', body, [200])).body as { results: Result[] };
    this.sent.items += size;
    return items.flatMap((item, index) => {
      const { status, code, event_id } = results[index]!;
      return this.statement(item, status === 'rejected' ? code : null, event_id);
    });
  }

  /** As many POST /track at once. @returns what it was told, for the ledger */
  async track(count: number): Promise<Statement[]> {
    const clicks = Array.from({ length: count }, () => {
      for (;;) {
        const next = this.stream.next();
        if (next.type === 'click' && next.content !== null) return next;
      }
    });
    const told = await Promise.all(
      clicks.map(async (click) => {
        const { status, body } = await this.post('/track', click.payload.toString(), [201, 409]);
        this.sent.items += 1;
        const { event_id, code } = body as { event_id?: string; code?: string };
        return this.statement(click, status === 409 ? (code ?? '') : null, event_id ?? null);
      }),
    );
    return told.flat();
  }

  private statement(item: Outgoing, rejectedFor: string | null, eventId: string | null): Statement[] {
    if (item.content === null) {
      if (rejectedFor !== item.reason) this.sent.wrong.push(`${rejectedFor} where ${item.reason} is right`);
      return [];
    }
    if (rejectedFor === 'id_conflict') return [[TOLD.httpConflict, item]];
    if (rejectedFor !== null) this.sent.wrong.push(`${rejectedFor} for ${item.content.eventId}`);
    else if (eventId !== item.content.eventId) this.sent.wrong.push(`${eventId} for ${item.content.eventId}`);
    return [[TOLD.http, item]];
  }

  private async post(
    path: string,
    body: string,
    expected: readonly number[],
  ): Promise<{ status: number; body: unknown }> {
    const { services, access } = this.target;
    const proof: Record<string, string> = access === undefined ? {} : { 'x-api-key': access.key };
    for (;;) {
      const service = this.random.pick(services);
      try {
        const response = await fetch(service + path, {
          method: 'POST',
          headers: { ...proof, 'content-type': 'application/json' },
          body,
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        const text = await response.text();
        if (expected.includes(response.status)) return { status: response.status, body: JSON.parse(text) };
        access?.canaries.look('answers', `${JSON.stringify([...response.headers])}\n${text}`);
        if (response.status !== 503) this.sent.wrong.push(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
      } catch (error) {
        // Refused, cut or too late: the outcome is unknown, the ids are ours, so it is sent again.
        if (!['TypeError', 'TimeoutError', 'AbortError'].includes((error as Error).name)) throw error;
      }
      this.sent.resent += 1;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS + this.random.below(RETRY_MS)));
    }
  }
}
