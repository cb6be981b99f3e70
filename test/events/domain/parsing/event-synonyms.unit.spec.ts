import { EVENT_SCHEMA } from '../../../../src/events/domain/parsing/event-schema.js';
import { EventSynonyms, InvalidSynonyms } from '../../../../src/events/domain/parsing/event-synonyms.js';
import { RejectedEvent } from '../../../../src/events/domain/rejection.js';
import { TrackedEvent } from '../../../../src/events/domain/tracked-event.js';
import { RECEIVED_AT, recorded, RULES } from '../payloads/payload-case.js';

type Circumstances = Parameters<typeof recorded>[3];

function outcomeOf(list: string, body: unknown, circumstances: Circumstances = {}): TrackedEvent | RejectedEvent {
  try {
    const { incoming } = recorded('', body, {}, circumstances);
    return TrackedEvent.record(incoming, { ...RULES, synonyms: EventSynonyms.parse(list) });
  } catch (error) {
    if (error instanceof RejectedEvent) return error;
    throw error;
  }
}

const problemsOf = (list: string): readonly string[] => {
  try {
    EventSynonyms.parse(list);
  } catch (error) {
    if (error instanceof InvalidSynonyms) return error.problems;
    throw error;
  }
  return [];
};

const sale = { type: 'sale' } as const;
const conversion = { type: 'conversion' } as const;
const envelope = { specversion: '1.0', id: 'A-1', source: '/shop', type: 'sale' };

describe('other names of fields', () => {
  it.each<[string, string, unknown, Circumstances, Partial<TrackedEvent>]>([
    ['a name of all types', 'user_id=customer', { customer: 'c' }, {}, { userId: 'c', properties: null }],
    [
      'a name of one type',
      'conversion.user_id=affiliate_id',
      { affiliate_id: 'a' },
      conversion,
      { userId: 'a', properties: null },
    ],
    [
      'on another type it is a free field',
      'conversion.user_id=affiliate_id',
      { user_id: 'u', affiliate_id: 'a' },
      {},
      { userId: 'u', properties: '{"affiliate_id":"a"}' },
    ],
    [
      "the field's own name wins, and the other one stays",
      'user_id=customer',
      { user_id: 'u', customer: 'c' },
      {},
      { userId: 'u', properties: '{"customer":"c"}' },
    ],
    ['an own name that is null is absent', 'user_id=customer', { user_id: null, customer: 'c' }, {}, { userId: 'c' }],
    [
      'a pair of the type wins over one of all, whatever is written first',
      'user_id=customer,sale.user_id=buyer',
      { customer: 'c', buyer: 'b' },
      sale,
      { userId: 'b', properties: '{"customer":"c"}' },
    ],
    [
      'the first that is written wins',
      'user_id=b,user_id=a',
      { a: '1', b: '2' },
      {},
      { userId: '2', properties: '{"a":"1"}' },
    ],
    [
      'the next one where the first is null',
      'user_id=b,user_id=a',
      { a: '1', b: null },
      {},
      { userId: '1', properties: null },
    ],
    [
      'an id, which is then the identity',
      'sale.event_id=order_id',
      { user_id: 'u', order_id: 'order-1' },
      sale,
      { eventId: 'order-1', eventKey: 'de74eb4c-fa81-8ccd-a1e4-5d3e78ae2f03', properties: null },
    ],
    [
      'a time in seconds',
      'timestamp=occurred_at',
      { user_id: 'u', occurred_at: RECEIVED_AT / 1000 - 1 },
      {},
      { occurredAt: RECEIVED_AT - 1000, properties: null },
    ],
    ['an amount', 'amount=total', { user_id: 'u', total: '19.90' }, sale, { amount: '19.9', properties: null }],
    [
      'an amount on a click is a free field, as under its own name',
      'amount=total',
      { user_id: 'u', total: -5 },
      {},
      { amount: null, properties: '{"total":-5}' },
    ],
    ['a page', 'page_url=page', { user_id: 'u', page: '/a' }, {}, { pageUrl: '/a', properties: null }],
    ['a page by its other own name', 'url=page', { user_id: 'u', page: '/a' }, {}, { pageUrl: '/a', properties: null }],
    [
      'url is an own name of page_url',
      'page_url=page',
      { user_id: 'u', url: '/a', page: '/b' },
      {},
      { pageUrl: '/a', properties: '{"page":"/b"}' },
    ],
    [
      'a value that is none of a younger field stays under its name',
      'view_id=pageview',
      { user_id: 'u', pageview: 7 },
      {},
      { viewId: null, properties: '{"pageview":7}' },
    ],
    [
      'a younger field whose own name holds another kind of value',
      'view_id=pageview',
      { user_id: 'u', view_id: 7, pageview: 'v' },
      {},
      { viewId: 'v', properties: '{"view_id":7}' },
    ],
    [
      'an interaction by other names',
      'interaction=kind,view_id=pageview,page_url=page',
      { kind: 'view', pageview: 'v', page: '/a' },
      {},
      { interaction: 'view', viewId: 'v', pageUrl: '/a', userId: null, properties: null },
    ],
    [
      'inside properties a name is no other name',
      'user_id=customer',
      { user_id: 'u', properties: { customer: 'c' } },
      {},
      { properties: '{"customer":"c"}' },
    ],
    [
      'of a CloudEvent the names of its data, not its id',
      'user_id=customer,event_id=order_id',
      { ...envelope, customer: 'no', data: { customer: 'c', order_id: 'o' } },
      sale,
      { userId: 'c', properties: '{"ce_id":"A-1","ce_source":"/shop","ce_type":"sale","order_id":"o"}' },
    ],
    [
      'nor its time',
      'timestamp=occurred_at',
      { ...envelope, time: '2026-03-01T09:58:20Z', data: { user_id: 'u', occurred_at: 'then' } },
      sale,
      { occurredAt: 1_772_359_100_000 },
    ],
    [
      'a time in the data of a CloudEvent without one',
      'timestamp=occurred_at',
      { ...envelope, data: { user_id: 'u', occurred_at: '2026-03-01T09:58:20Z' } },
      sale,
      { occurredAt: 1_772_359_100_000 },
    ],
    [
      'binary CloudEvents',
      'user_id=customer',
      { customer: 'c' },
      { attributes: { ce_id: 'A-1', ce_source: '/shop' } },
      { userId: 'c' },
    ],
    [
      'an item that names its type',
      'sale.user_id=buyer,user_id=customer',
      { event_type: 'sale', buyer: 'b' },
      { type: null, intake: 'http' },
      { userId: 'b', eventType: 'sale' },
    ],
    ['a name of an inherited method', 'user_id=toString', { user_id: 'u' }, {}, { userId: 'u', properties: null }],
  ])('%s', (_, list, body, circumstances, expected) => {
    const outcome = outcomeOf(list, body, circumstances);
    const asked = Object.keys(expected) as Exclude<keyof TrackedEvent, 'erased'>[];
    expect(
      outcome instanceof RejectedEvent ? outcome : Object.fromEntries(asked.map((name) => [name, outcome[name]])),
    ).toEqual(expected);
  });

  it.each<[string, unknown, Circumstances, string, string, string]>([
    ['user_id=customer', { customer: 42 }, {}, 'schema', 'customer', 'user_id'],
    ['user_id=customer', {}, conversion, 'schema', 'user_id', 'customer'],
    ['amount=total', { user_id: 'u', total: '19,90' }, sale, 'schema', 'total', 'amount'],
    ['amount=total', { user_id: 'u', total: 0.00001 }, sale, 'schema', 'total', 'amount'],
    ['amount=total', { user_id: 'u', total: -1 }, sale, 'negative_amount', 'total', 'amount'],
    ['currency=unit', { user_id: 'u', unit: 'QQQ' }, sale, 'schema', 'unit', 'currency'],
    ['timestamp=at', { user_id: 'u', at: 'now' }, {}, 'schema', 'at', 'timestamp'],
    ['timestamp=at', { user_id: 'u', at: RECEIVED_AT * 1000 }, {}, 'timestamp_range', 'at', 'timestamp'],
    ['x=left', { left: 0.5 }, {}, 'schema', 'y', 'x'],
    ['y=top', { x: 0.5 }, {}, 'schema', 'y', 'top'],
    ['page_url=page', { user_id: 'u', page: 'albums' }, {}, 'schema', 'page', 'page_url'],
    ['view_id=pageview', { page_url: '/a', interaction: 'view' }, {}, 'schema', 'view_id', 'pageview'],
  ])('with %s, %j is refused and both names are told', (list, body, circumstances, reason, field, other) => {
    const outcome = outcomeOf(list, body, circumstances) as RejectedEvent;
    expect([outcome.reason, outcome.field]).toEqual([reason, field]);
    expect(outcome.detail).toContain(field);
    expect(outcome.detail).toContain(other);
  });

  it('without any, and where none is used, an event is what it was', () => {
    const body = { user_id: 'u', url: '/a', plan: 7 };
    const plain = TrackedEvent.record(recorded('', body, {}).incoming, RULES);
    expect(outcomeOf('', body)).toEqual(plain);
    expect(outcomeOf('user_id=customer,sale.amount=total', body)).toEqual(plain);
  });
});

describe('the list of synonyms', () => {
  it.each([
    ['', []],
    [' user_id = customer , sale.amount=total,', []],
    ['user_id=a,user_id=b,sale.user_id=a', []],
    ['click.user_id=ref,sale.event_id=ref', []],
    ['user_id', ['"user_id" must be field=name or type.field=name']],
    ['user_id=', ['"user_id=" must be field=name or type.field=name']],
    ['user_id=a=b', ['"user_id=a=b" must be field=name or type.field=name']],
    ['a.b.user_id=c', ['"a.b.user_id=c" must be field=name or type.field=name']],
    ['refund.user_id=c', ['"refund.user_id=c": refund is no event type, use click, conversion, sale']],
    ['user=c', ['"user=c": user is no field that can have another name']],
    ['constructor=c', ['"constructor=c": constructor is no field that can have another name']],
    ['event_type=kind', ['"event_type=kind": event_type is no field that can have another name']],
    ['user_id=event_type', ['"user_id=event_type": event_type is a field itself and cannot stand for another']],
    ['user_id=properties', ['"user_id=properties": properties is a field itself and cannot stand for another']],
    ['click.amount=total', ['"click.amount=total": amount is a field of a sale, not of a click']],
    ['sale.view_id=v', ['"sale.view_id=v": view_id is a field of a click, not of a sale']],
    ['user_id=ref,sale.event_id=ref', ['"ref" stands for both user_id and event_id']],
    [
      'user=c,amount',
      ['"user=c": user is no field that can have another name', '"amount" must be field=name or type.field=name'],
    ],
  ])('%j', (list, problems) => {
    expect(problemsOf(list)).toEqual(problems);
  });

  it('no field stands for another', () => {
    for (const name of Object.keys(EVENT_SCHEMA.properties)) {
      expect(problemsOf(`user_id=${name}`)).toEqual([
        `"user_id=${name}": ${name} is a field itself and cannot stand for another`,
      ]);
    }
  });

  it('says whether it changes identities', () => {
    expect(EventSynonyms.parse('user_id=a').renameIdentity).toBe(false);
    expect(EventSynonyms.parse('user_id=a,sale.event_id=order_id').renameIdentity).toBe(true);
  });
});
