import type { EventType } from '../../src/events/domain/incoming-event.js';
import type { RejectionReason } from '../../src/events/domain/rejection.js';
import type { Content } from './content.js';
import type { Random } from './random.js';

/** Something to be sent: an event that must be recorded, or bytes that must become a dead letter. */
export interface Outgoing {
  readonly type: EventType;
  readonly payload: Buffer;
  /** The content that must be in the table; null for poison. */
  readonly content: Content | null;
  /** Why it must be rejected; null for an event. */
  readonly reason: RejectionReason | null;
}

const LATE_SHARE = 0.05;
const LATEST_LATE_MS = 9 * 86_400_000;
/** Recent events, from which duplicates and conflicts are made. */
const REMEMBERED = 5_000;

/** An endless stream of distinct events, with duplicates, conflicts and poison between them; a seed repeats it but for the times. */
export class EventStream {
  private readonly recent: Outgoing[] = [];
  private made = 0;

  constructor(
    private readonly random: Random,
    /** Keeps the ids of two streams apart. */
    private readonly name: string,
    /** Share of duplicates. */
    private readonly duplicates = 0.1,
  ) {}

  /** Mostly a new event. */
  next(): Outgoing {
    const chance = this.random.next();
    if (chance < this.duplicates && this.recent.length > 0) return this.random.pick(this.recent);
    if (chance < this.duplicates + 0.005 && this.recent.length > 0)
      return this.conflicting(this.random.pick(this.recent));
    if (chance < this.duplicates + 0.01) return this.poison();
    return this.event();
  }

  /** A new event. @param fields over the generated ones */
  event(fields: { timestamp?: number } = {}): Outgoing {
    const n = this.made++;
    const { random } = this;
    const type = random.weighted({ click: 8, conversion: 1, sale: 1 });
    const late = random.next() < LATE_SHARE ? random.below(LATEST_LATE_MS) : 0;
    const timestamp = fields.timestamp ?? Date.now() - late;
    const body: Record<string, unknown> = {
      event_id: n % 5 === 0 ? `${this.name}/order ${n}` : uuid(timestamp, random),
      event_type: type,
      user_id: `user-${random.below(5_000)}`,
      session_id: `${this.name}-${n}`,
      url: `https://shop.example/item/${random.below(300)}`,
      timestamp,
      user_agent: 'faults/1',
    };
    if (type === 'click' && n % 7 === 0) body.reaction = random.pick(['cheers', 'hate']);
    if (type === 'click' && n % 3 === 0) {
      Object.assign(body, { x: random.below(1000) / 1000, y: random.next(), viewport_width: 1440, scroll_y: n % 5000 });
    }
    if (type === 'conversion') body.conversion_type = random.pick(['signup', 'trial', 'naïve café ☕']);
    if (type === 'sale') {
      body.amount = `${random.below(10_000)}.${String(random.below(10_000)).padStart(4, '0')}`;
      if (n % 3 !== 0) body.currency = random.pick(['EUR', 'USD']);
    }
    if (n % 11 === 0) Object.assign(body, { plan: 'größer', step: n % 13, nested: { a: [n % 17, null, true] } });
    const made = outgoing(type, body);
    if (this.recent.length < REMEMBERED) this.recent.push(made);
    else this.recent[random.below(REMEMBERED)] = made;
    return made;
  }

  /** The id of another event with other content. */
  conflicting(original: Outgoing): Outgoing {
    const body = JSON.parse(original.payload.toString()) as Record<string, unknown>;
    return outgoing(original.type, { ...body, user_id: `other-${this.made++}` });
  }

  /** Bytes that cannot be recorded, each with the one reason that they must get, and different every time. */
  poison(): Outgoing {
    const n = this.made++;
    const id = `${this.name}-poison-${n}`;
    const fields = `"event_id":"${id}","user_id":"u"`;
    const families: [RejectionReason, string | Buffer][] = [
      ['not_json', `{"event_id":"${id}"`],
      ['not_utf8', Buffer.concat([Buffer.from(`{${fields},"a":"`), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])],
      ['number_range', `{${fields},"a":1e400}`],
      ['too_deep', `{${fields},"a":${'['.repeat(40)}${']'.repeat(40)}}`],
      ['forbidden_key', `{${fields},"__proto__":{"a":1}}`],
      ['nul_char', `{${fields},"a":"x\\u0000y"}`],
      ['lone_surrogate', `{${fields},"a":"\\ud800"}`],
      ['schema', `{"event_id":"${id}","user_id":7}`],
      ['timestamp_range', `{${fields},"timestamp":"2199-01-01T00:00:00Z"}`],
    ];
    const [reason, payload] = families[n % families.length]!;
    return { type: 'click', payload: Buffer.from(payload), content: null, reason };
  }

  /** An item that a whole body of POST /events survives: valid JSON, refused for what it says. */
  httpPoison(): Outgoing {
    const n = this.made++;
    const body = { event_id: `${this.name}-poison-${n}`, event_type: 'sale', user_id: 'u', amount: '-1' };
    return { type: 'sale', payload: Buffer.from(JSON.stringify(body)), content: null, reason: 'negative_amount' };
  }
}

function outgoing(type: EventType, body: Record<string, unknown>): Outgoing {
  return { type, payload: Buffer.from(JSON.stringify(body)), content: stored(type, body), reason: null };
}

/** The rules of docs/events.md, as a producer reads them. */
function stored(type: EventType, body: Record<string, unknown>): Content {
  const text = (name: string) => (body[name] as string | undefined) ?? null;
  const number = (name: string) => (body[name] as number | undefined) ?? null;
  const { plan, step, nested } = body;
  return {
    type,
    eventId: body.event_id as string,
    occurredAt: body.timestamp as number,
    userId: text('user_id'),
    sessionId: text('session_id'),
    pageUrl: text('url'),
    x: number('x'),
    y: number('y'),
    viewportWidth: number('viewport_width'),
    viewportHeight: number('viewport_height'),
    scrollY: number('scroll_y'),
    userAgent: text('user_agent'),
    reaction: text('reaction'),
    conversionType: text('conversion_type'),
    amount: text('amount'),
    currency: type === 'sale' ? (text('currency') ?? 'XXX') : null,
    properties: plan === undefined ? null : JSON.stringify({ plan, step, nested }),
  };
}

/** Like a version 7, so that the index grows at one end as it does with real producers. */
function uuid(time: number, random: Random): string {
  const hex = time.toString(16).padStart(12, '0');
  const part = (bits: number) => random.below(2 ** bits);
  const tail = `7${part(12).toString(16).padStart(3, '0')}-${(0x8000 | part(14)).toString(16)}`;
  const node = part(24).toString(16).padStart(6, '0') + part(24).toString(16).padStart(6, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-${tail}-${node}`;
}
