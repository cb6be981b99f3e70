import type { EventType } from '../../../src/events/domain/incoming-event.js';
import type { Random } from '../../faults/random.js';
import { PAYLOADS } from '../domain/payloads.table.js';
import { RECEIVED_AT } from '../domain/payloads/payload-case.js';
import { FIELDS, NUMBER_TOKENS, OF_TYPE, oddValue } from './odd-values.js';

type Body = Record<string, unknown>;

/** Bytes that both ways in are given, with what differs between the transports made equal. */
export interface GeneratedInput {
  readonly type: EventType;
  readonly bytes: Buffer;
  /** The steps that made them, for a failure's line. */
  readonly made: string;
}

const HOUR = 3_600_000;
const LARGEST_EVENT = 262_144;
/** An input of HTTP must fit into a body of 5 MB: larger ones are the transport's to refuse. */
const LARGEST_CASE = 1_000_000;
const REMEMBERED = 400;
/** So that a body of POST /events stays below its 5 MB, and none nests too deep for JSON.stringify. */
const LARGEST_REMEMBERED = 5_000;

/** Good, odd and bad inputs without end: a seed repeats them. */
export class GeneratedInputs {
  private readonly recent: GeneratedInput[] = [];
  private readonly cases = tableCases();
  private made = 0;

  constructor(private readonly random: Random) {}

  /** @param receivedAt epoch milliseconds, for times at the edges of what is accepted */
  next(receivedAt: number): GeneratedInput {
    // Every case of the table once, and then as something to change.
    const input = this.cases[this.made] ?? this.generated(receivedAt);
    this.made += 1;
    if (input.bytes.length > LARGEST_REMEMBERED) return input;
    if (this.recent.length < REMEMBERED) this.recent.push(input);
    else this.recent[this.random.below(REMEMBERED)] = input;
    return input;
  }

  private generated(receivedAt: number): GeneratedInput {
    const ways = {
      valid: () => this.valid(receivedAt),
      fields: () => this.changedFields(receivedAt),
      twin: () => this.random.pick(this.recent),
      relative: () => this.relative(),
      text: () => this.changedText(receivedAt),
      bytes: () => this.changedBytes(this.random.next() < 0.5 ? this.random.pick(this.recent) : this.valid(receivedAt)),
      cloudEvent: () => this.cloudEvent(receivedAt),
      large: () => this.large(receivedAt),
    };
    const way = this.random.weighted({
      valid: 20,
      fields: 30,
      twin: 8,
      relative: 10,
      text: 14,
      bytes: 12,
      cloudEvent: 6,
      large: 0.3,
    });
    const input = ways[way]();
    // Over HTTP no bytes are no body at all.
    if (input.bytes.length === 0) return this.generated(receivedAt);
    return { ...input, made: `${way}: ${input.made}`.slice(0, 120) };
  }

  private valid(receivedAt: number): GeneratedInput {
    const { random } = this;
    const type = random.weighted({ click: 5, conversion: 2, sale: 2 });
    const body: Body = { event_type: type, user_id: `user-${random.below(50)}`, url: `/item/${random.below(20)}` };
    const sometimes = (name: string, value: unknown) => {
      if (random.next() < 0.5) body[name] = value;
    };
    sometimes('event_id', random.next() < 0.5 ? `order-${this.made}` : uuid(random));
    sometimes('timestamp', receivedAt - random.below(48 * HOUR));
    sometimes('session_id', `s-${random.below(1000)}`);
    sometimes('plan', random.pick(['größer', 7, ['a', { b: null }], true, { a: { b: null }, c: [null] }]));
    if (type === 'click') {
      const views = [
        { interaction: 'view', view_id: `v-${random.below(100)}`, document_height: 5200 },
        { interaction: 'scroll', view_id: `v-${random.below(100)}`, scroll_depth: random.next() },
        { x: 0.5, y: 0.5, view_id: 'v', target: { selector: '#buy', x: 0.1, y: 0.2 } },
      ];
      Object.assign(body, random.pick([{}, { x: random.next(), y: 0.25 }, { reaction: 'cheers' }, ...views]));
    }
    if (type === 'conversion') sometimes('conversion_type', random.pick(['signup', 'naïve ☕']));
    if (type === 'sale') {
      sometimes('amount', random.pick(['19.90', 5, `${random.below(1000)}.0001`]));
      sometimes('currency', random.pick(['EUR', 'USD']));
    }
    return input(type, body, 'as a producer sends it');
  }

  /** One to three fields replaced, removed, moved or added. */
  private changedFields(receivedAt: number): GeneratedInput {
    const { random } = this;
    const { type, bytes } = this.valid(receivedAt);
    const body = JSON.parse(bytes.toString()) as Body;
    const changes: string[] = [];
    for (let left = 1 + random.below(3); left > 0; left -= 1) {
      const field = random.pick(random.next() < 0.3 ? OF_TYPE[type] : FIELDS);
      const how = random.weighted({ replace: 7, remove: 1, free: 2, properties: 1, deep: 0.5 });
      changes.push(`${how} ${field}`);
      if (how === 'replace') body[field] = oddValue(random, field, receivedAt);
      else if (how === 'remove') delete body[field];
      else if (how === 'free') body[`free-${field}`] = oddValue(random, field, receivedAt);
      else if (how === 'properties') body.properties = { [field]: oddValue(random, field, receivedAt), plan: 7 };
      else body.deep = nested(random.pick([30, 31, 32, 40, 3000]));
    }
    return input(type, body, changes.join(', '));
  }

  /** The same event told otherwise (a duplicate), or another one by the same id (a conflict). */
  private relative(): GeneratedInput {
    const { random } = this;
    const original = random.pick(this.recent);
    const body = objectIn(original.bytes);
    if (!body) return original;
    const how = random.pick([
      'reordered',
      'spaced',
      'later',
      'in seconds',
      'another user',
      'capital id',
      'a field more',
      'null more',
      'a view less',
    ]);
    if (how === 'spaced') return { ...original, bytes: Buffer.from(JSON.stringify(body, null, 2)), made: how };
    if (how === 'later') body.timestamp = RECEIVED_AT - random.below(HOUR);
    if (how === 'in seconds') body.timestamp = (RECEIVED_AT - random.below(HOUR)) / 1000;
    if (how === 'null more') body.plan = { was: body.plan ?? null, no: null };
    if (how === 'a view less') delete body.view_id;
    if (how === 'another user') body.user_id = `other-${random.below(9)}`;
    if (how === 'capital id' && typeof body.event_id === 'string') body.event_id = body.event_id.toUpperCase();
    if (how === 'a field more') body.extra = random.below(9);
    return input(original.type, how === 'reordered' ? Object.fromEntries(Object.entries(body).reverse()) : body, how);
  }

  /** Texts that JSON.stringify never writes: tokens, escapes, keys that stand twice. */
  private changedText(receivedAt: number): GeneratedInput {
    const { random } = this;
    const { type, bytes } = this.valid(receivedAt);
    const inner = bytes.toString().slice(1, -1);
    const member = random.pick([
      () => `"${random.pick(FIELDS)}":${random.pick(NUMBER_TOKENS)}`,
      () => `"free":[${random.pick(NUMBER_TOKENS)}]`,
      () =>
        `"user_id":"${random.pick(['\\u0000', '\\ud800', '\\ude00\\ud83d', '\\ud83d\\ude00', 'a\\tb', 'a\tb', '\\x41'])}"`,
      () =>
        `"${random.pick(['__proto__', 'constructor', 'prototype', '\\u005f_proto__', 'a\\u0000', '\\udc00', 'toString'])}":{"a":1}`,
      () => `"event_type":"${type}","event_type":"${random.pick(['click', 'sale', type])}"`,
      () => `"a":${random.pick(["'x'", '"x"}', '[1,]', '{"b":{"constructor":{}}}', '/* x */ 1', 'undefined', '"\\'])}`,
    ])();
    const text = random.next() < 0.5 ? `{${inner},${member}}` : `{${member},${inner}}`;
    return { type, bytes: Buffer.from(text), made: member };
  }

  private changedBytes({ type, bytes }: GeneratedInput): GeneratedInput {
    const { random } = this;
    const at = random.below(bytes.length + 1);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const put = (...units: number[]) => Buffer.concat([before, Buffer.from(units), after]);
    const ways: Readonly<Record<string, () => Buffer>> = {
      flipped: () =>
        Buffer.concat([before, Buffer.from([(after[0] ?? 0) ^ (1 << random.below(8))]), after.subarray(1)]),
      removed: () => Buffer.concat([before, after.subarray(1 + random.below(4))]),
      'cut off': () => before,
      'a byte put in': () => put(random.below(256)),
      'no UTF-8 put in': () => put(...random.pick([[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98]])),
      'a mark before it': () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
      'white space around it': () => Buffer.from(`\n\t ${bytes.toString()} \r\n`),
      'in a list': () => Buffer.concat([Buffer.from('['), bytes, Buffer.from(']')]),
      'twice in one': () => Buffer.concat([bytes, bytes]),
      Latin1: () => Buffer.from(bytes.toString(), 'latin1'),
      'UTF-16': () => Buffer.from(bytes.toString(), 'utf16le'),
      noise: () => Buffer.from(Array.from({ length: 1 + random.below(60) }, () => random.below(256))),
    };
    const made = random.pick(Object.keys(ways));
    return { type, bytes: ways[made]!(), made };
  }

  private cloudEvent(receivedAt: number): GeneratedInput {
    const { random } = this;
    const { type, bytes } = this.valid(receivedAt);
    const envelope: Body = {
      specversion: '1.0',
      id: `A-${random.below(200)}`,
      source: '/shop',
      type: random.pick([type, 'com.shop']),
    };
    if (random.next() < 0.3) envelope.data_base64 = bytes.toString('base64');
    else envelope.data = JSON.parse(bytes.toString()) as Body;
    if (random.next() < 0.3) envelope.time = random.pick(['2026-03-01T09:58:20.5Z', '2026-03-01', 5]);
    if (random.next() < 0.4)
      envelope[random.pick(['id', 'source', 'specversion', 'data', 'subject'])] = oddValue(random, 'user_id', 0);
    return input(type, envelope, 'CloudEvents');
  }

  /** At the two limits of size, and a byte beyond. */
  private large(receivedAt: number): GeneratedInput {
    const { type, bytes } = this.valid(receivedAt);
    const text = bytes.toString().slice(0, -1);
    const beyond = this.random.below(2);
    if (this.random.next() < 0.5) {
      const free = `${text},"free":"${'€'.repeat(21_840)}${'x'.repeat(this.random.below(20))}"}`;
      return { type, bytes: Buffer.from(free), made: 'about 64 kB of properties' };
    }
    const filled = text + ' '.repeat(LARGEST_EVENT + beyond - bytes.length) + '}';
    return { type, bytes: Buffer.from(filled), made: `256 kB and ${beyond}` };
  }
}

const input = (type: EventType, body: Body, made: string): GeneratedInput => ({
  type,
  bytes: Buffer.from(JSON.stringify(body)),
  made,
});

/** Attributes and event times of messages have no counterpart over HTTP; merge and import are no live intakes. */
function tableCases(): GeneratedInput[] {
  return Object.entries(PAYLOADS).flatMap(([theme, cases]) =>
    cases.flatMap(({ name, incoming: { body, eventType, intake, attributes, fallbackTime } }) => {
      const alike = Object.keys(attributes).length === 0 && fallbackTime === RECEIVED_AT;
      const bytes = Buffer.from(body as string);
      if (!alike || (intake !== 'pulsar' && intake !== 'http') || bytes.length === 0 || bytes.length > LARGEST_CASE)
        return [];
      return [{ type: eventType ?? 'click', bytes, made: `table: ${theme}: ${name}` }];
    }),
  );
}

function objectIn(bytes: Buffer): Body | null {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : null;
  } catch {
    return null;
  }
}

function nested(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function uuid(random: Random): string {
  const hex = (digits: number) =>
    random
      .below(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(8)}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(8)}${hex(4)}`;
}
