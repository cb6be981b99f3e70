import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { EventType, IncomingEvent } from '../../src/events/domain/incoming-event.js';
import type { Intake } from '../../src/events/domain/intake.js';
import { EventSynonyms } from '../../src/events/domain/parsing/event-synonyms.js';
import { RejectedEvent } from '../../src/events/domain/rejection.js';
import { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import { FIND_FACTS } from '../../src/events/infrastructure/postgres/recording/record-events.sql.js';
import { type AnySettings, startApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { trackedRow } from '../support/record-rows.js';
import { RECEIVED_AT } from './domain/payloads/payload-case.js';

/** As version 1 of the fingerprint had an event, bigint as text; written by `TrackedEvent.record` of the tree before version 2. */
interface Stored {
  readonly eventKey: string;
  readonly eventType: EventType;
  readonly eventId: string;
  readonly fingerprint: string;
  readonly [column: string]: unknown;
}

interface Before {
  readonly name: string;
  readonly sent: {
    readonly body: string;
    readonly intake: Intake;
    readonly eventType: EventType | null;
    readonly fallbackTime?: number;
    readonly attributes?: Record<string, string>;
    /** The key of the message, if the event brings no id. */
    readonly key: string;
    readonly userAgent?: string;
  };
  readonly stored: Stored;
}

const FIXTURE = join(import.meta.dirname, 'recorded-before/version-1.json');
const BEFORE = JSON.parse(readFileSync(FIXTURE, 'utf8')) as readonly Before[];
const named = (name: string): Before => BEFORE.find((one) => one.name === name)!;
/** Today's rules refuse them, whoever sends them first: an interaction has conditions. */
const REFUSED_TODAY = ['a view without its page', 'a view that is a click with a position'];
const STANDS = BEFORE.filter(({ name }) => !REFUSED_TODAY.includes(name));

const incoming = ({ sent }: Before, body = sent.body): IncomingEvent => ({
  body,
  intake: sent.intake,
  eventType: sent.eventType,
  receivedAt: RECEIVED_AT,
  fallbackTime: sent.fallbackTime ?? RECEIVED_AT,
  attributes: sent.attributes ?? {},
  mintKey: () => sent.key,
  messageId: null,
  userAgent: sent.userAgent ?? null,
});

const FACT = [
  'eventKey',
  'eventType',
  'eventId',
  'occurredAt',
  'receivedAt',
  'userId',
  'sessionId',
  'pageUrl',
  'pageKey',
  'x',
  'y',
  'viewportWidth',
  'viewportHeight',
  'scrollY',
  'userAgent',
  'reaction',
  'conversionType',
  'amount',
  'currency',
  'properties',
  'intake',
  'messageId',
] as const;

// Each test has a database of its own; a busy machine takes long over it.
jest.setTimeout(120_000);

describe('events that an older version recorded', () => {
  let database: TestDatabase;
  let service: TestApplication;
  let sql: Client;

  beforeEach(async () => {
    database = await createTestDatabase();
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    await start();
  });
  afterEach(async () => {
    await service.close();
    await sql.end();
    await database.drop();
  });

  async function start(settings: AnySettings = {}): Promise<void> {
    service = await startApplication(database.url, settings, RECEIVED_AT);
    await service.database.connect();
  }

  /** The rows as the older version wrote them. The partitions come from a row of today that is taken away again. */
  async function fill(events: readonly Before[]): Promise<void> {
    const instant = (ms: unknown) => new Date(ms as number).toISOString();
    const partitions = events.map(({ stored }, n) =>
      trackedRow({ event_type: 'click', event_id: `partition-${n}`, timestamp: instant(stored.occurredAt) }),
    );
    await service.store.append(partitions);
    await sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
    const rows = events.map(({ stored }) =>
      Object.fromEntries(
        [...FACT, 'fingerprint'].map((name) => [
          name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
          /At$/.test(name) ? instant(stored[name]) : stored[name],
        ]),
      ),
    );
    const columns = FACT.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    await sql.query(
      `insert into events (${columns.join(', ')})
       select ${columns.map((name) => (name === 'properties' ? 'properties::jsonb' : name)).join(', ')}
       from jsonb_to_recordset($1) as row (event_key uuid, event_type text, event_id text, occurred_at timestamptz,
         received_at timestamptz, user_id text, session_id text, page_url text, page_key bigint, x float8, y float8,
         viewport_width int, viewport_height int, scroll_y int, user_agent text, reaction text, conversion_type text,
         amount numeric, currency text, properties text, intake text, message_id text)`,
      [JSON.stringify(rows)],
    );
    await sql.query(
      `insert into event_identity select event_key, event_type, fingerprint, occurred_at
       from jsonb_to_recordset($1) as row (event_key uuid, event_type text, fingerprint bigint, occurred_at timestamptz)`,
      [JSON.stringify(rows)],
    );
  }

  function record(event: IncomingEvent, synonyms: string | null = null): TrackedEvent | RejectedEvent {
    try {
      const rules = { maxEventAgeDays: 400, synonyms: synonyms === null ? null : EventSynonyms.parse(synonyms) };
      return TrackedEvent.record(event, rules);
    } catch (error) {
      if (error instanceof RejectedEvent) return error;
      throw error;
    }
  }

  async function deliver(events: readonly (TrackedEvent | RejectedEvent)[]): Promise<string[]> {
    const refused = events.filter((event) => event instanceof RejectedEvent);
    expect(refused).toEqual([]);
    const verdicts = await service.store.append(events as TrackedEvent[]);
    return verdicts.map((verdict) => (verdict.status === 'rejected' ? verdict.reason : verdict.status));
  }

  const rows = async () => (await sql.query('select from events')).rowCount;

  it('are of version 1, and of every kind that is sorted otherwise today', () => {
    expect(BEFORE.length).toBeGreaterThan(100);
    expect(new Set(BEFORE.map(({ stored }) => BigInt(stored.fingerprint) >> 56n))).toEqual(new Set([1n]));
    for (const key of [
      'view_id',
      'target',
      'interaction',
      'scroll_depth',
      'document_width',
      'event_type',
      'ce_id',
      'null',
    ]) {
      expect(BEFORE.filter(({ stored }) => String(stored.properties).includes(key)).length).toBeGreaterThan(1);
    }
  });

  it('are duplicates when everything is delivered again, in one batch and alone: no conflict, no new row', async () => {
    await fill(BEFORE);
    const again = STANDS.map((one) => record(incoming(one)));
    const verdicts = await deliver(again);
    const others = verdicts.flatMap((verdict, n) => (verdict === 'duplicate' ? [] : [[STANDS[n]!.name, verdict]]));
    expect(others).toEqual([]);
    for (const [n, event] of again.entries()) {
      if (n % 6 === 0) expect([STANDS[n]!.name, ...(await deliver([event]))]).toEqual([STANDS[n]!.name, 'duplicate']);
    }
    expect(await rows()).toBe(BEFORE.length);
  });

  it.each(REFUSED_TODAY)('%s: refused by the rules of today, and neither a conflict nor a new row', async (name) => {
    await fill([named(name)]);
    expect(record(incoming(named(name)))).toMatchObject({ reason: 'schema' });
    expect(await rows()).toBe(1);
  });

  it('are conflicts with any other content under their id', async () => {
    await fill(BEFORE);
    const changed = STANDS.filter(({ sent }) => /^\s*\{/.test(sent.body.replace(/^\ufeff/, ''))).flatMap((one) => {
      const body = JSON.parse(one.sent.body.replace(/^\ufeff/, '')) as Record<string, unknown>;
      const fields = (typeof body.specversion === 'string' ? body.data : body) as Record<string, unknown> | undefined;
      if (fields === undefined) return [];
      fields.another_field = 1;
      return [record(incoming(one, JSON.stringify(body)))];
    });
    expect(changed.length).toBeGreaterThan(90);
    const events = changed.filter((event): event is TrackedEvent => event instanceof TrackedEvent);
    expect(events.length).toBeGreaterThan(90);
    expect(new Set(await deliver(events))).toEqual(new Set(['id_conflict']));
    expect(await rows()).toBe(BEFORE.length);
  });

  it.each<[string, Record<string, unknown>]>([
    ['view_id, a text', { view_id: 'v-2' }],
    ['view_id, a text', { view_id: null }],
    ['view_id, a number', { view_id: '7' }],
    ['view_id inside properties', { properties: { view_id: 'v-2' } }],
    ['target, an element', { target: { selector: '#sell', x: 0.5, y: 1, fixed: false } }],
    ['target, an element', { target: { selector: '#buy', x: 0.5, y: 1 } }],
    ['a scroll', { scroll_depth: 0.5 }],
    ['a view', { interaction: 'scroll', scroll_depth: 1 }],
    ['nested nulls', { utm: { a: 1, b: 0 } }],
    ['nested nulls', { list: [1, { c: null, d: [null] }] }],
    ['event_type inside properties', { properties: { event_type: 'Other' } }],
    ['document sizes, fractions of pixels', { document_width: 1441 }],
    ['user_id inside properties of a heat map click', { user_id: 'a', properties: null }],
    ['an amount of 10.0', { amount: 10.01 }],
  ])('%s: a conflict with %j', async (name, change) => {
    await fill([named(name)]);
    const body = { ...(JSON.parse(named(name).sent.body) as object), ...change };
    expect(await deliver([record(incoming(named(name), JSON.stringify(body)))])).toEqual(['id_conflict']);
  });

  it.each<[string, Record<string, unknown>]>([
    ['view_id, a text', { timestamp: RECEIVED_AT / 1000 - 5 }],
    ['view_id inside properties', { properties: null, view_id: 'v-1' }],
    ['view_id, a text', { view_id: null, properties: { view_id: 'v-1' } }],
    ['target, an element with nulls', { target: { fixed: true, selector: '#buy' } }],
    ['nested nulls', { utm: { a: 1 }, empty: {}, list: [1, null, { d: [null] }] }],
    ['document sizes, fractions of pixels', { document_width: 1440, document_height: 5200.1 }],
    ['event_type inside properties', { properties: null, event_type: 'ConversionRequested' }],
  ])('%s: a duplicate although it is told otherwise, %j', async (name, change) => {
    await fill([named(name)]);
    const body = { ...(JSON.parse(named(name).sent.body) as object), ...change };
    expect(await deliver([record(incoming(named(name), JSON.stringify(body)))])).toEqual(['duplicate']);
  });

  it('are duplicates once they are gone: below the retention floor, or erased', async () => {
    const [gone, erased] = [named('view_id, a text'), named('nested nulls')];
    await fill([gone, erased]);
    await sql.query('delete from events where event_key = $1', [gone.stored.eventKey]);
    await sql.query('update event_identity set fingerprint = null where event_key = $1', [erased.stored.eventKey]);
    const other = (one: Before) => record(incoming(one, '{"user_id":"somebody else"}'));
    expect(await deliver([other(gone), other(erased)])).toEqual(['duplicate', 'duplicate']);
  });

  it('in one batch each event of an identity is held against what is stored', async () => {
    const one = named('view_id, a text');
    await fill([one]);
    const body = JSON.parse(one.sent.body) as object;
    const again = () => record(incoming(one));
    const another = () => record(incoming(one, JSON.stringify({ ...body, view_id: 'v-9' })));
    expect(await deliver([another(), again(), another(), again()])).toEqual([
      'id_conflict',
      'duplicate',
      'id_conflict',
      'duplicate',
    ]);
  });

  it('are read in one statement, and only where an older version stands behind a repeat', async () => {
    await fill(STANDS.slice(0, 90));
    // The pool sends it on any of its connections.
    const sent = jest.spyOn(service.database.writers(), 'query');
    const reads = () => sent.mock.calls.filter(([statement]) => String(statement) === FIND_FACTS).length;
    const fresh = STANDS.slice(90, 100).map((one) => record(incoming(one)));
    await deliver(fresh);
    await deliver(fresh);
    expect(reads()).toBe(0);
    await deliver(STANDS.slice(0, 90).map((one) => record(incoming(one))));
    expect(reads()).toBe(1);
  });

  it('with more in its properties than any event of today can say, it is another event', async () => {
    const one = named('nested nulls');
    await fill([one]);
    await sql.query(
      `update events set properties = jsonb_build_object('n', (select jsonb_agg(1e308) from generate_series(1, 1000)))`,
    );
    expect(await deliver([record(incoming(one))])).toEqual(['id_conflict']);
  });

  it('their nulls are absent in answers too', async () => {
    await fill([named('nested nulls')]);
    const { events } = (await (await fetch(`${service.url}/events`)).json()) as { events: { properties: unknown }[] };
    expect(events[0]?.properties).toEqual({ utm: { a: 1 }, list: [1, null, { d: [null] }], empty: {} });
  });

  describe('before their fields had other names', () => {
    const LIST = 'sale.amount=total,user_id=customer,timestamp=at,view_id=pageview';
    const sale = { event_id: 'order-1', user_id: 'u', total: '19.90', customer: 'c' };
    const vote = { event_id: 'vote-1', reaction: 'cheers', customer: 'c', at: '2026-03-01T09:00:00Z', pageview: 'v' };
    const of = (body: object, eventType: EventType): IncomingEvent => ({
      ...incoming(named('view_id, a text'), JSON.stringify(body)),
      eventType,
    });

    beforeEach(async () => {
      expect(await deliver([record(of(sale, 'sale')), record(of(vote, 'click'))])).toEqual(['recorded', 'recorded']);
      await service.close();
      await start({ EVENT_SYNONYMS: EventSynonyms.parse(LIST) });
    });

    const again = (body: object, type: EventType) => record(of(body, type), LIST);

    it('they are duplicates when they are delivered again', async () => {
      const events = [again(sale, 'sale'), again(vote, 'click')];
      expect(events).toMatchObject([
        { amount: '19.9', userId: 'u' },
        { userId: 'c', viewId: 'v', properties: null },
      ]);
      expect(await deliver(events)).toEqual(['duplicate', 'duplicate']);
    });

    it('and conflicts with other content', async () => {
      const events = [
        again({ ...sale, total: '20' }, 'sale'),
        again({ ...sale, customer: 'd' }, 'sale'),
        again({ ...vote, customer: 'd' }, 'click'),
        again({ ...vote, pageview: null }, 'click'),
      ];
      expect(await deliver(events)).toEqual(Array(4).fill('id_conflict'));
    });

    it('what is recorded since is compared in the same way, whether it shares a batch with its repeat or not', async () => {
      const later = { event_id: 'order-2', user_id: 'u', total: 5 };
      const told = { event_id: 'order-2', user_id: 'u', amount: '5.0' };
      const other = { event_id: 'order-2', user_id: 'u', total: 6 };
      const inside = { event_id: 'order-2', user_id: 'u', properties: { total: 5 } };
      const events = [later, told, other, inside].map((body) => again(body, 'sale'));
      expect(await deliver(events)).toEqual(['recorded', 'duplicate', 'id_conflict', 'duplicate']);
      expect(await deliver(events)).toEqual(['duplicate', 'duplicate', 'id_conflict', 'duplicate']);
    });
  });
});
