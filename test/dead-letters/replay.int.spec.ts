import { CommandBus } from '@nestjs/cqrs';
import { Client } from 'pg';
import { DeadLetterReplays } from '../../src/dead-letters/application/dead-letter-replays.port.js';
import { type DeadLetter, DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { cloudEventKey } from '../../src/events/domain/event-identity.js';
import { RecordEventCommand } from '../../src/events/application/record-event.command.js';
import { REASON_CODES, UNREADABLE_REASONS } from '../../src/events/domain/rejection.js';
import { EVENTS_LOCKS } from '../../src/events/events.locks.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { deadLetter } from '../support/dead-letters.js';
import { clickPayload, encoded, TEST_TIME, testUuid } from '../support/events.js';
import { withLittlePatience } from '../support/little-patience.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

type Json = Record<string, unknown>;
const DAY = 86_400_000;

/** Cipher text cannot be replayed as it is. */
const UNREADABLE: readonly string[] = UNREADABLE_REASONS;
const READABLE = REASON_CODES.filter((reason) => !UNREADABLE.includes(reason));

describe('replaying dead letters', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let sql: Client;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    sql = new Client({ connectionString: testDatabase.url });
    await sql.connect();
    application = await startApplication(testDatabase.url);
    await application.database.connect();
  });
  afterEach(async () => {
    await application.close();
    await sql.end();
    await testDatabase.drop();
  });

  const add = (...letters: DeadLetter[]) =>
    application.app.get(DeadLetterStore).add(letters, new AbortController().signal);
  const idOf = async (n: number) =>
    (await sql.query<{ id: string }>('select id from dead_letters where origin_key = $1', [testUuid(n)])).rows[0]!.id;
  const letter = async (n: number) =>
    (await (await fetch(`${application.url}/dead-letters/${await idOf(n)}`)).json()) as Json;
  const post = async (path: string, body?: string | Buffer) => {
    const response = await fetch(application.url + path, {
      method: 'POST',
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    });
    return { status: response.status, body: (await response.json()) as Json };
  };
  const replay = async (n: number, body?: string) => post(`/dead-letters/${await idOf(n)}/replay`, body);
  const replayAll = (body: Json) => post('/dead-letters/replay', JSON.stringify(body));
  const events = async () =>
    ((await (await fetch(`${application.url}/events?limit=1000`)).json()) as { events: Json[] }).events;
  const stored = async () => ({
    events: (await sql.query('select * from events order by event_key, event_type')).rows,
    identities: (await sql.query('select * from event_identity order by event_key, event_type')).rows,
    fine: (await sql.query('select * from event_counts_2s order by bucket, event_type, label')).rows,
    quarters: (await sql.query('select * from event_counts_15m order by bucket, event_type, label')).rows,
  });

  it('records the bytes as they were, once what kept them out is mended, with the times of the message', async () => {
    await application.close();
    application = await startApplication(testDatabase.url, { MAX_EVENT_AGE_DAYS: 400 });
    await application.database.connect();
    const old = TEST_TIME - 500 * DAY;
    await add(
      deadLetter(1, { reason: 'timestamp_range', payload: encoded(clickPayload({ timestamp: old })) }),
      deadLetter(2, { reason: 'schema', eventTime: TEST_TIME - 5000, payload: encoded({ user_id: 'u' }) }),
    );
    application.clock.time = TEST_TIME + 100 * DAY;
    expect((await replay(1)).body).toMatchObject({ status: 'rejected', code: 'timestamp_range', state: 'open' });
    await application.close();
    application = await startApplication(testDatabase.url, { MAX_EVENT_AGE_DAYS: 600 }, TEST_TIME + 150 * DAY);
    await application.database.connect();

    // 650 days before now, but 500 before it was published: the age is measured from there.
    expect(await replay(1)).toEqual({
      status: 200,
      body: {
        id: await idOf(1),
        status: 'recorded',
        event_id: testUuid(1),
        code: null,
        detail: null,
        state: 'replayed',
        attempts: 3,
        replayed_at: new Date(TEST_TIME + 150 * DAY).toISOString(),
      },
    });
    await replay(2);
    expect(await events()).toMatchObject([
      { event_id: testUuid(2), event_type: 'click', occurred_at: '2026-01-15T11:59:55.000Z' },
      {
        event_id: testUuid(1),
        occurred_at: new Date(old).toISOString(),
        received_at: new Date(TEST_TIME).toISOString(),
      },
    ]);
    expect(await letter(1)).toMatchObject({ state: 'replayed', event_id: testUuid(1), attempts: 3 });
    const { rows } = await sql.query('select intake, message_id from events where event_key = $1', [testUuid(1)]);
    expect(rows).toEqual([{ intake: 'pulsar', message_id: '12:1:-1:-1' }]);
  });

  it('takes a corrected event byte for byte, and the identity and time of the message where it brings none', async () => {
    await add(deadLetter(1, { topic: 'persistent://public/default/sales', publishedAt: TEST_TIME - 1000 }));
    const digits = '{"user_id":"u","amount":12345678901.1234,"note":0.1000000000000000055511151231257827}';
    expect((await replay(1, digits)).body).toMatchObject({ status: 'rejected', code: 'number_range' });
    expect((await replay(1, '{"user_id":"u","amount":12345678901.1234}')).body).toMatchObject({ status: 'recorded' });
    expect(await events()).toMatchObject([
      {
        event_id: testUuid(1),
        event_type: 'sale',
        amount: '12345678901.1234',
        occurred_at: '2026-01-15T11:59:59.000Z',
      },
    ]);
    expect(Buffer.from((await letter(1)).payload_base64 as string, 'base64').toString()).toBe('{"url":"/page/1"}');
  });

  it('keeps the properties of the message: a CloudEvent in binary mode stays one', async () => {
    const properties = { ce_specversion: '1.0', ce_id: 'a-1', ce_source: '/shop', ce_time: '2026-01-15T10:00:00Z' };
    await add(deadLetter(1, { properties }));
    const key = cloudEventKey('/shop', 'a-1');
    expect((await replay(1, '{"user_id":"u"}')).body).toMatchObject({ status: 'recorded', event_id: key });
    expect(await events()).toMatchObject([
      { event_id: key, occurred_at: '2026-01-15T10:00:00.000Z', properties: { ce_id: 'a-1', ce_source: '/shop' } },
    ]);
  });

  it('leaves a letter that is rejected again open, with the new reason of its own bytes', async () => {
    await add(deadLetter(1, { reason: 'timestamp_range', detail: 'an older version said so' }));
    const { body } = await replay(1);
    expect(body).toMatchObject({ status: 'rejected', code: 'schema', state: 'open', attempts: 2, replayed_at: null });
    expect(await letter(1)).toMatchObject({ reason: 'schema', state: 'open', attempts: 2 });
    expect((await letter(1)).detail).toContain('user_id');
    // A bad correction says nothing about the stored bytes.
    expect((await replay(1, '{"user_id":"u","amount":1,"x":7,"y":0}')).body).toMatchObject({ code: 'schema' });
    expect((await replay(1, '{"user_id":"u\\u0000"}')).body).toMatchObject({ code: 'nul_char', attempts: 4 });
    expect(await letter(1)).toMatchObject({ reason: 'schema', attempts: 4 });
  });

  it('says of what is longer than an event may be how long it is, without reading it', async () => {
    await add(
      deadLetter(1, { reason: 'schema', payload: Buffer.alloc(262_144, 0x20) }),
      deadLetter(2, { reason: 'schema', payload: Buffer.alloc(262_145, 0x20) }),
      deadLetter(3, { reason: 'encrypted', payload: Buffer.alloc(262_145, 0x20) }),
    );
    const replays = application.app.get(DeadLetterReplays);
    const ids = [await idOf(1), await idOf(2), await idOf(3)];
    const claimed = await replays.claim(ids);
    expect(claimed.map(({ payload, payloadBytes }) => [payload?.length ?? null, payloadBytes])).toEqual([
      [262_144, 262_144],
      [null, 262_145],
      [null, 262_145],
    ]);
    await replays.release(ids);
    expect((await replay(1)).body).toMatchObject({ code: 'not_json' });
    expect((await replay(2)).body).toMatchObject({
      code: 'too_large',
      detail: 'the event has 262145 bytes; at most 262144 are accepted',
    });
    expect((await replay(3)).body).toMatchObject({ code: 'encrypted' });
    expect((await replay(2, '{"user_id":"u"}')).body).toMatchObject({ status: 'recorded', event_id: testUuid(2) });
  });

  it('does not take for an event what a message held that could not be opened', async () => {
    const payload = Buffer.from('{"user_id":"u"}');
    await add(deadLetter(1, { reason: 'too_large', payload, envelope: Buffer.of(8, 1) }));
    expect((await replay(1)).body).toMatchObject({ status: 'rejected', code: 'too_large', state: 'open' });
    expect((await replay(1, '{"user_id":"mended"}')).body).toMatchObject({ status: 'recorded', state: 'replayed' });
  });

  it('without a type where the topic is no longer configured: the event must name it', async () => {
    await add(deadLetter(1, { topic: 'persistent://public/default/older', payload: encoded(clickPayload()) }));
    expect((await replay(1)).body).toMatchObject({ status: 'rejected', code: 'schema' });
    const named = JSON.stringify(clickPayload({ event_type: 'click' }));
    expect((await replay(1, named)).body).toMatchObject({ status: 'recorded' });
  });

  it('answers duplicate once it is replayed, and records nothing, whatever the body', async () => {
    await add(deadLetter(1));
    await replay(1, '{"user_id":"u","event_id":"a"}');
    const before = await stored();
    for (const body of [undefined, '{"user_id":"u","event_id":"a"}', '{"user_id":"u","event_id":"b"}']) {
      expect((await replay(1, body)).body).toMatchObject({ status: 'duplicate', event_id: 'a', attempts: 2 });
    }
    expect(await stored()).toEqual(before);
    // The broker delivers it again: counted, not opened again.
    await add(deadLetter(1));
    expect(await letter(1)).toMatchObject({ state: 'replayed', attempts: 3, event_id: 'a' });
  });

  it('what was recorded meanwhile is a duplicate, and its letter is replayed too', async () => {
    const payload = encoded(clickPayload({ event_id: 'a' }));
    await add(deadLetter(1, { payload }), deadLetter(2, { payload }));
    expect((await replay(1)).body).toMatchObject({ status: 'recorded' });
    expect((await replay(2)).body).toMatchObject({ status: 'duplicate', event_id: 'a', state: 'replayed' });
    await add(deadLetter(3, { payload: encoded(clickPayload({ event_id: 'a', url: '/other' })) }));
    expect((await replay(3)).body).toMatchObject({ status: 'rejected', code: 'id_conflict', event_id: 'a' });
    expect(await letter(3)).toMatchObject({ state: 'open', event_id: null, reason: 'id_conflict' });
  });

  it('ten replays of one letter at once, each with another id: one event', async () => {
    await add(deadLetter(1));
    const path = `/dead-letters/${await idOf(1)}/replay`;
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => post(path, JSON.stringify({ user_id: 'u', event_id: `e-${n}` }))),
    );
    const recorded = answers.filter(({ body }) => body.status === 'recorded');
    expect(recorded).toHaveLength(1);
    for (const { status, body } of answers) {
      if (status === 409) expect(body.code).toBe('replay_conflict');
      else expect([status, body.event_id]).toEqual([200, recorded[0]?.body.event_id]);
    }
    expect(await events()).toHaveLength(1);
  });

  it('two bulk replays at once share the work: every event once', async () => {
    await add(
      ...Array.from({ length: 1200 }, (_, n) =>
        deadLetter(n + 1, { payload: encoded(clickPayload({ url: `/${n}` })) }),
      ),
    );
    const bodies = (await Promise.all([1, 2].map(() => replayAll({ reason: 'schema', limit: 10_000 })))).map(
      ({ body }) => body as Record<string, number>,
    );
    expect(bodies.reduce((sum, { recorded }) => sum + recorded!, 0)).toBe(1200);
    expect(bodies.every(({ next_cursor }) => next_cursor === null)).toBe(true);
    const { rows } = await sql.query(
      'select count(*)::int as n, (select sum(n)::int from event_counts_15m) from events',
    );
    expect(rows).toEqual([{ n: 1200, sum: 1200 }]);
    expect((await sql.query('select from dead_letters where state = $1', ['open'])).rowCount).toBe(0);
  });

  it('by reason and topic, and a cursor leads past what is rejected again', async () => {
    const good = (n: number) => encoded(clickPayload({ event_id: `e-${n}` }));
    await add(deadLetter(1), deadLetter(2), deadLetter(3, { payload: good(3) }), deadLetter(4, { payload: good(3) }));
    await add(
      deadLetter(5, { reason: 'unstorable', payload: good(5) }),
      deadLetter(6, { topic: 'persistent://public/default/sales', payload: good(6) }),
    );
    const first = (await replayAll({ reason: 'schema', topic: 'clicks', limit: 3 })).body;
    expect(first).toMatchObject({ recorded: 1, duplicate: 0, rejected: 2, skipped: 0 });
    expect(first.next_cursor).not.toBeNull();
    const cursor = first.next_cursor;
    expect((await replayAll({ reason: 'schema', topic: 'clicks', limit: 3, cursor })).body).toEqual({
      recorded: 0,
      duplicate: 1,
      rejected: 0,
      skipped: 0,
      next_cursor: null,
    });
    expect(await letter(5)).toMatchObject({ state: 'open', attempts: 1 });
    expect(await letter(6)).toMatchObject({ state: 'open', attempts: 1 });
    expect((await replayAll({ reason: 'schema', topic: null, limit: null })).body).toMatchObject({
      recorded: 1,
      rejected: 2,
    });
  });

  it('keeps the order of arrival: the first of two with one id is the one recorded', async () => {
    const twin = (n: number) => deadLetter(n, { payload: encoded(clickPayload({ event_id: 'a', url: `/${n}` })) });
    await add(...Array.from({ length: 50 }, (_, n) => twin(n + 1)));
    expect((await replayAll({ reason: 'schema' })).body).toMatchObject({ recorded: 1, rejected: 49 });
    expect(await events()).toMatchObject([{ event_id: 'a', url: '/1' }]);
  });

  it('replaying everything twice changes nothing', async () => {
    await application.app.get(CommandBus).execute(
      new RecordEventCommand([
        {
          body: encoded(clickPayload({ event_id: 'there' })),
          intake: 'http',
          eventType: 'click',
          receivedAt: TEST_TIME,
          fallbackTime: TEST_TIME,
          attributes: {},
          mintKey: () => testUuid(999),
          messageId: null,
          userAgent: null,
        },
      ]),
    );
    const payloads = [
      clickPayload(),
      clickPayload({ event_id: 'there' }),
      clickPayload({ event_id: 'there', url: '/other' }),
      clickPayload({ event_id: 'new' }),
      clickPayload({ event_id: 'new' }),
      clickPayload({ user_id: null }),
      { specversion: '1.0', id: 'c', source: 's', type: 'click', data: { user_id: 'u' } },
    ];
    await add(
      ...payloads.map((payload, n) => deadLetter(n + 1, { payload: encoded(payload), reason: READABLE[n % 3]! })),
      deadLetter(90, { reason: 'too_large', payload: Buffer.alloc(5_000_000, 0x20) }),
      deadLetter(91, { reason: 'too_large', payload: Buffer.alloc(5_000_000, 0x7b) }),
      deadLetter(92, { reason: 'not_utf8', payload: Buffer.from([0xff]) }),
    );
    const everything = async () => {
      for (const reason of REASON_CODES) expect((await replayAll({ reason })).status).toBe(200);
    };
    const letters = async () =>
      (
        await sql.query<Json>(
          'select id, state, replayed_at, event_id, md5(payload), origin_key from dead_letters order by id',
        )
      ).rows;
    await everything();
    const after = { ...(await stored()), letters: await letters() };
    expect(after.events).toHaveLength(4);
    expect(after.letters.filter(({ state }) => state === 'open')).toHaveLength(5);
    application.clock.time += DAY;
    await everything();
    expect({ ...(await stored()), letters: await letters() }).toEqual(after);
  });

  it('answers 503 while nothing can be recorded, and gives the letter back', async () => {
    await add(deadLetter(1, { payload: encoded(clickPayload()) }));
    await sql.query('select pg_advisory_lock($1)', [EVENTS_LOCKS.recording]);
    const refused = await withLittlePatience(application, () => replay(1));
    expect(refused).toMatchObject({ status: 503, body: { code: 'outcome_unknown' } });
    await sql.query('select pg_advisory_unlock($1)', [EVENTS_LOCKS.recording]);
    expect(['recorded', 'duplicate']).toContain((await replay(1)).body.status);
    expect(await events()).toHaveLength(1);
  });

  it('names what it cannot take', async () => {
    await add(deadLetter(1));
    const path = `/dead-letters/${await idOf(1)}/replay`;
    const codeOf = async (address: string, body?: string) => {
      const answer = await post(address, body);
      return [answer.status, answer.body.code];
    };
    expect(await codeOf(path, '{"user_id":')).toEqual([400, 'bad_request']);
    expect(await codeOf(path, ' '.repeat(5_000_001))).toEqual([413, 'body_too_large']);
    expect(await codeOf(`/dead-letters/${testUuid(1)}/replay`)).toEqual([404, 'dead_letter_not_found']);
    expect(await codeOf('/dead-letters/none/replay')).toEqual([400, 'invalid_request']);
    for (const body of [
      '{}',
      '{"reason":"none"}',
      '{"reason":"schema","limit":0}',
      '{"reason":"schema","limit":10001}',
    ])
      expect([body, await codeOf('/dead-letters/replay', body)]).toEqual([body, [400, 'invalid_request']]);
    expect(await codeOf('/dead-letters/replay', '{"reason":"schema","topic":"a/b"}')).toEqual([400, 'invalid_request']);
    expect(await codeOf('/dead-letters/replay', '{"reason":"schema","cursor":"x"}')).toEqual([400, 'invalid_cursor']);
    expect(await codeOf('/dead-letters/replay')).toEqual([400, 'invalid_request']);
    expect(await letter(1)).toMatchObject({ attempts: 1 });
  });
});
