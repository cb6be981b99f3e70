import { deriveMessageKey } from '../../src/events/domain/event-identity.js';
import type { EventType } from '../../src/events/domain/incoming-event.js';
import { testUuid } from '../support/events.js';
import type { OwnIntake } from './own-intake.js';

/** One event of a stream; `session_id` names it, whatever id the service gives it. */
export interface SentEvent {
  readonly type: EventType;
  readonly payload: Readonly<Record<string, unknown>> & { readonly session_id: string };
}

const DAY_MS = 86_400_000;
/** Beyond the longest period, so that some events lie in no window. */
const SPREAD_MS = 8 * DAY_MS;

/**
 * The n-th event of a stream: of ten, eight are clicks, one a conversion, one a sale; ids are UUIDs, other texts, or
 * none; every sixteenth click is a vote; times lie in the 8 days before `now`.
 */
export function sentEvent(n: number, now: number): SentEvent {
  const type = n % 10 === 3 ? 'conversion' : n % 10 === 7 ? 'sale' : 'click';
  const id = [testUuid(n), `order-${n}`, undefined][n % 3];
  const fields = {
    click: n % 16 === 0 ? { reaction: 'cheers' } : {},
    conversion: { conversion_type: 'signup' },
    sale: { amount: `${n % 100}.25`, currency: 'EUR' },
  }[type];
  return {
    type,
    payload: {
      ...(id !== undefined && { event_id: id }),
      user_id: `user-${n % 97}`,
      session_id: `n-${n}`,
      url: `https://shop.example/item/${n % 31}`,
      // 7,919 is prime: neighbours in the stream are far apart in time.
      timestamp: now - ((n * 7919 * 1009) % SPREAD_MS),
      ...fields,
    },
  };
}

export const encodedEvent = ({ payload }: SentEvent): Buffer => Buffer.from(JSON.stringify(payload));

interface StoredRow {
  event_type: EventType;
  event_id: string;
  session_id: string;
  user_id: string;
  page_url: string;
  occurred_at: Date;
  received_at: Date;
  reaction: string | null;
  conversion_type: string | null;
  amount: string | null;
  message_id: string;
}

/**
 * Row by row: what differs between the events that were sent and the table, as lines; empty when each is recorded once
 * and as sent. With `messageIds` (by session) also where each came from, and with it the derived ids.
 */
export async function differences(
  intake: OwnIntake,
  sent: readonly SentEvent[],
  messageIds?: ReadonlyMap<string, string>,
): Promise<string[]> {
  const rows = await intake.query<StoredRow>('select * from events');
  const stored = new Map(rows.map((row) => [row.session_id, row]));
  const lines = stored.size === rows.length ? [] : [`${rows.length - stored.size} events are recorded twice`];
  const wanted = new Set(sent.map(({ payload }) => payload.session_id));
  for (const { session_id } of rows) if (!wanted.has(session_id)) lines.push(`${session_id} was never sent`);
  for (const event of sent) {
    const { session_id } = event.payload;
    const row = stored.get(session_id);
    if (!row) {
      lines.push(`${session_id} is lost`);
      continue;
    }
    const messageId = messageIds?.get(session_id) ?? row.message_id;
    const expected = line(event.type, messageId, idOf(event, row, messageId, intake), event.payload);
    const found = line(row.event_type, row.message_id, row.event_id, {
      ...row,
      url: row.page_url,
      timestamp: row.occurred_at.getTime(),
    });
    if (expected !== found) lines.push(`${expected} is recorded as ${found}`);
  }
  return lines.slice(0, 20);
}

function idOf(event: SentEvent, row: StoredRow, messageId: string, intake: OwnIntake): unknown {
  const derived = { cluster: 'standalone', topic: intake.topics[event.type], messageId };
  return event.payload.event_id ?? deriveMessageKey({ ...derived, publishedAt: row.received_at.getTime() });
}

const line = (type: EventType, messageId: string, eventId: unknown, fields: Readonly<Record<string, unknown>>) =>
  JSON.stringify([
    type,
    messageId,
    eventId,
    fields.user_id,
    fields.url,
    fields.timestamp,
    fields.reaction ?? null,
    fields.conversion_type ?? null,
    fields.amount == null ? null : Number(fields.amount),
  ]);

/** A producer that keeps publishing, a few messages at a time, and sends again what the broker did not confirm. */
export class Load {
  private readonly confirmed: SentEvent[] = [];
  private running = true;
  private readonly done: Promise<void>;

  constructor(
    private readonly intake: OwnIntake,
    private readonly now: number,
    private readonly atOnce = 10,
  ) {
    this.done = this.run();
  }

  /** Messages the broker has confirmed so far. */
  get count(): number {
    return this.confirmed.length;
  }

  /** Resolves with all that was sent, when all of it is confirmed. */
  async stop(): Promise<SentEvent[]> {
    this.running = false;
    await this.done;
    return this.confirmed;
  }

  private async run(): Promise<void> {
    for (let n = 0; this.running; n += this.atOnce) {
      await Promise.all(Array.from({ length: this.atOnce }, (_, index) => this.send(n + index)));
    }
  }

  /** A resend needs an id of the producer's: the address of its message is another one. */
  private async send(n: number): Promise<void> {
    const { type, payload } = sentEvent(n, this.now);
    const event = { type, payload: { event_id: `sent-${n}`, ...payload } };
    for (;;) {
      try {
        await this.intake.publish(type, { data: encodedEvent(event) });
        this.confirmed.push(event);
        return;
      } catch (error) {
        if ((error as Error).name !== 'PublishError') throw error;
      }
    }
  }
}
