import { Client } from 'pg';
import { DeadLetterReplays } from '../../src/dead-letters/application/dead-letter-replays.port.js';
import { type DeadLetter, DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { eventKeyOf } from '../../src/events/domain/event-identity.js';
import { EVENTS_LOCKS } from '../../src/events/events.locks.js';
import { Housekeeping } from '../../src/platform/housekeeping/housekeeping.js';
import { Telemetry } from '../../src/platform/observability/telemetry.js';
import { countedVerdicts } from '../events/intakes/seen-verdict.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { deadLetter } from '../support/dead-letters.js';
import { clickPayload, encoded, TEST_TIME, testUuid } from '../support/events.js';
import { withLittlePatience } from '../support/little-patience.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { eventually } from '../support/waiting.js';

type Json = Record<string, unknown>;
const DAY = 86_400_000;
const OWN_ID = encoded(clickPayload({ event_id: 'own' }));

/** A correction with an id of its own; without one it takes that of the message. */
const sumOf = (counts: Record<string, number>) => Object.values(counts).reduce((sum, n) => sum + n, 0);
const correction = (event_id?: string, user_id = 'u') => JSON.stringify({ user_id, event_id });

describe('a dead letter becomes one event, whatever the corrections that were tried', () => {
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
    await sql.end();
    await application.close();
    await testDatabase.drop();
  });

  const add = (...letters: DeadLetter[]) =>
    application.app.get(DeadLetterStore).add(letters, new AbortController().signal);
  const idOf = async (n: number) =>
    (await sql.query<{ id: string }>('select id from dead_letters where origin_key = $1', [testUuid(n)])).rows[0]!.id;
  const post = async (path: string, body?: string) => {
    const response = await fetch(application.url + path, {
      method: 'POST',
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    });
    return { status: response.status, body: (await response.json()) as Json };
  };
  const replay = async (n: number, body?: string) => post(`/dead-letters/${await idOf(n)}/replay`, body);
  const replayAll = async () => (await post('/dead-letters/replay', JSON.stringify({ reason: 'schema' }))).body;
  const standing = async (n: number) =>
    (
      await sql.query<{ state: string; event_id: string | null }>(
        'select state, event_id from dead_letters where origin_key = $1',
        [testUuid(n)],
      )
    ).rows[0]!;
  /** Ids of the facts; identities and counts must tell the same story. */
  const recorded = async () => {
    const { rows } = await sql.query<{ event_id: string }>('select event_id from events order by 1');
    const { rows: sums } = await sql.query(`
      select (select count(*)::int from event_identity) as identities,
             (select coalesce(sum(n), 0)::int from event_counts_2s) as fine,
             (select coalesce(sum(n), 0)::int from event_counts_15m) as quarters`);
    expect(sums).toEqual([{ identities: rows.length, fine: rows.length, quarters: rows.length }]);
    return rows.map(({ event_id }) => event_id);
  };
  const counted = async () => countedVerdicts(await application.app.get(Telemetry).registry.metrics());

  /** The process ends between the commit of the event and the note of it; then a minute is over. */
  async function killedAfterCommit(attempt: () => Promise<unknown>): Promise<void> {
    const replays = application.app.get(DeadLetterReplays);
    const conclude = replays.conclude.bind(replays);
    replays.conclude = () => Promise.reject(new Error('killed'));
    await attempt();
    replays.conclude = conclude;
    await sql.query(`update dead_letters set claimed_until = claimed_until - interval '2 minutes'`);
    expect(await standing(1)).toEqual({ state: 'open', event_id: null });
  }

  /** Somebody else holds an identity: whoever records it waits for the outcome. */
  async function heldIdentity(eventId: string): Promise<Client> {
    const other = new Client({ connectionString: testDatabase.url });
    await other.connect();
    await other.query('begin');
    const values = [eventKeyOf(eventId), new Date(TEST_TIME)];
    await other.query(`insert into event_identity values ($1, 'click', 0, $2)`, values);
    return other;
  }

  it.each([
    ['a correction', correction('a'), deadLetter(1), 'a'],
    ['its own bytes', undefined, deadLetter(1, { payload: OWN_ID }), 'own'],
  ])(
    '%s waits behind a lock, then another correction: that is recorded, the first no more',
    async (_name, body, letter, first) => {
      await add(letter);
      const other = await heldIdentity(first);
      expect((await withLittlePatience(application, () => replay(1, body))).status).toBe(503);
      expect((await replay(1, correction('b'))).body).toMatchObject({ status: 'recorded', event_id: 'b' });
      await other.query('rollback');
      await other.end();
      await eventually(async () => sumOf(await counted()) === 2, {
        within: 10_000,
        what: 'the first attempt has ended',
      });
      expect(await recorded()).toEqual(['b']);
      expect(await counted()).toEqual({ recorded: 1, duplicate: 1 });
      expect(await standing(1)).toEqual({ state: 'replayed', event_id: 'b' });
    },
    30_000,
  );

  it('a correction that commits after its sender has been sent away: the letter is replayed as that, and another correction is a duplicate', async () => {
    await add(deadLetter(1), deadLetter(2, { payload: OWN_ID }));
    await sql.query('select pg_advisory_lock($1)', [EVENTS_LOCKS.recording]);
    const first = await withLittlePatience(application, () => Promise.all([replay(1, correction('a')), replay(2)]));
    expect(first.map(({ status }) => status)).toEqual([503, 503]);
    const paths = [`/dead-letters/${await idOf(1)}/replay`, `/dead-letters/${await idOf(2)}/replay`] as const;
    const second = [post(paths[0], correction('b')), post(paths[1], correction('c'))];
    await sql.query('select pg_advisory_unlock($1)', [EVENTS_LOCKS.recording]);
    const ids = (await Promise.all(second)).map(({ status, body }) => {
      expect([200, 409]).toContain(status);
      return body.event_id as string | undefined;
    });
    await eventually(
      async () => expect((await standing(1)).state + (await standing(2)).state).toBe('replayedreplayed'),
      {
        within: 10_000,
        what: 'both letters are replayed',
      },
    );
    const became = [(await standing(1)).event_id!, (await standing(2)).event_id!];
    ids.forEach((id, index) => expect([undefined, became[index]]).toContain(id));
    expect(await recorded()).toEqual([...became].sort());
    expect((await counted()).recorded).toBe(2);
  }, 30_000);

  it('late, with nobody asking again: the letter is replayed', async () => {
    await add(deadLetter(1));
    await sql.query('select pg_advisory_lock($1)', [EVENTS_LOCKS.recording]);
    expect((await withLittlePatience(application, () => replay(1, correction('a')))).status).toBe(503);
    expect(await standing(1)).toEqual({ state: 'open', event_id: null });
    await sql.query('select pg_advisory_unlock($1)', [EVENTS_LOCKS.recording]);
    await eventually(async () => expect(await standing(1)).toEqual({ state: 'replayed', event_id: 'a' }), {
      within: 10_000,
      what: 'the letter is replayed',
    });
    expect(await counted()).toEqual({ recorded: 1 });
  }, 30_000);

  it.each([
    ['another id', correction('b'), 'a'],
    ['other content under the same id', correction('a', 'other'), 'a'],
    ['no id', correction(), 'a'],
    ['an event that cannot be recorded', correction('b', ''), 'a'],
  ])('killed after the commit of a correction; then %s: a duplicate of the first', async (_name, body, event_id) => {
    await add(deadLetter(1));
    await killedAfterCommit(() => replay(1, correction('a')));
    expect((await replay(1, body)).body).toMatchObject({ status: 'duplicate', event_id, state: 'replayed' });
    expect(await recorded()).toEqual(['a']);
    expect(await standing(1)).toEqual({ state: 'replayed', event_id });
  });

  it('a correction without id keeps the identity of the letter, also when other content was tried under it', async () => {
    await add(deadLetter(1));
    await killedAfterCommit(() => replay(1, correction()));
    const { body } = await replay(1, correction(undefined, 'other'));
    expect(body).toMatchObject({ status: 'duplicate', event_id: testUuid(1), state: 'replayed' });
    expect(await recorded()).toEqual([testUuid(1)]);
  });

  it('killed before the commit: nothing binds the letter', async () => {
    await add(deadLetter(1));
    const replays = application.app.get(DeadLetterReplays);
    await replays.claim([await idOf(1)]);
    await sql.query(`update dead_letters set claimed_until = claimed_until - interval '2 minutes'`);
    expect((await replay(1, correction('b'))).body).toMatchObject({ status: 'recorded', event_id: 'b' });
    expect(await recorded()).toEqual(['b']);
  });

  it('killed after a bulk replay committed; then corrections', async () => {
    await add(deadLetter(1, { payload: OWN_ID }), deadLetter(2, { payload: encoded(clickPayload()) }));
    await killedAfterCommit(replayAll);
    expect((await replay(1, correction('b'))).body).toMatchObject({ status: 'duplicate', event_id: 'own' });
    expect((await replay(2, correction('b'))).body).toMatchObject({ status: 'duplicate', event_id: testUuid(2) });
    expect(await recorded()).toEqual([testUuid(2), 'own']);
  });

  it('killed after a correction committed; then a bulk replay', async () => {
    await add(deadLetter(1, { payload: OWN_ID }), deadLetter(2), deadLetter(3, { payload: encoded(clickPayload()) }));
    await killedAfterCommit(async () => [await replay(1, correction('a')), await replay(2, correction('b'))]);
    expect(await replayAll()).toMatchObject({ recorded: 1, duplicate: 2, rejected: 0, skipped: 0 });
    expect(await recorded()).toEqual([testUuid(3), 'a', 'b']);
    expect([await standing(1), await standing(2)].map(({ event_id }) => event_id)).toEqual(['a', 'b']);
  });

  it('two replicas at once, after a claim that ran out: one event', async () => {
    const other = await startApplication(testDatabase.url);
    try {
      await other.database.connect();
      await add(...Array.from({ length: 40 }, (_, n) => deadLetter(n + 1)));
      const attempts: (() => Promise<unknown>)[] = [];
      for (let n = 1; n <= 40; n += 1) {
        const path = `/dead-letters/${await idOf(n)}/replay`;
        for (const url of [application.url, other.url]) {
          for (const kind of ['x', 'y']) {
            const body = correction(`${kind}-${attempts.length}`);
            const attempt = async () => {
              // No claim holds anybody back.
              await other.database.writers().query('update dead_letters set claimed_until = null');
              const headers = { 'content-type': 'application/json' };
              return (await fetch(url + path, { method: 'POST', body, headers })).status === 200;
            };
            attempts.push(() => eventually(attempt, { within: 100_000, what: `${body} is answered` }));
          }
        }
      }
      await Promise.all(attempts.map((attempt) => attempt()));
      expect(await recorded()).toHaveLength(40);
      const { rows } = await sql.query('select from dead_letters join events using (event_id)');
      expect(rows).toHaveLength(40);
    } finally {
      await other.close();
    }
  }, 120_000);

  it('what a letter became is forgotten with the letter', async () => {
    await add(deadLetter(1), deadLetter(2));
    await replay(1, correction('a'));
    await replay(2, correction('b'));
    await sql.query('update dead_letters set replayed_at = $1 where event_id = $2', [
      new Date(TEST_TIME - 40 * DAY),
      'a',
    ]);
    await application.app.get(Housekeeping).round();
    const { rows } = await sql.query('select event_id from dead_letter_events');
    expect(rows).toEqual([{ event_id: 'b' }]);
  });
});
