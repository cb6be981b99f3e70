import { Pseudonyms } from '../../src/people/domain/pseudonyms.js';
import { TEST_TIME } from '../support/events.js';
import { type Row, trackedRow } from '../support/record-rows.js';
import { ERASED_AT, ERASURE_KEY, PeopleService, START_MS } from './people-service.js';

const CANARY = 'canary-7f3a';
const PERSON = new Pseudonyms(ERASURE_KEY).of(CANARY);
const HOUR = 3_600_000;

/** An event of each kind that says as much of a person as it can. */
const eventsOf = (user_id: string, prefix = user_id): Row[] => {
  const named = {
    user_id,
    session_id: `${prefix}-session`,
    page_url: `/of/${prefix}`,
    user_agent: `${prefix}-agent`,
    referrer: { of: `${prefix}-property` },
  };
  return [
    { event_type: 'click', event_id: `${prefix}-click`, timestamp: TEST_TIME, ...named, x: 0.5, y: 0.25, viewport_width: 900, scroll_y: 40, target: { selector: `#${prefix}` } },
    { event_type: 'click', event_id: `${prefix}-view`, timestamp: TEST_TIME + 1, ...named, interaction: 'view', view_id: `${prefix}-v` },
    { event_type: 'click', event_id: `${prefix}-vote`, timestamp: TEST_TIME + 2, ...named, reaction: 'cheers' },
    { event_type: 'conversion', event_id: `${prefix}-click`, timestamp: TEST_TIME + 3, ...named, conversion_type: 'signup' },
    { event_type: 'sale', event_id: `${prefix}-order`, timestamp: TEST_TIME + 4, ...named, amount: '19.90', currency: 'EUR' },
  ]; // prettier-ignore
};

const EMPTIED = ['user_id', 'session_id', 'page_url', 'page_key', 'user_agent', 'properties', 'target', 'view_id'];

describe('erasing a person', () => {
  let service: PeopleService;
  beforeEach(async () => {
    service = await PeopleService.start();
  }, START_MS);
  afterEach(() => service.stop());

  const answer = (fields: Record<string, unknown>) => ({
    status: 200,
    body: {
      person: PERSON,
      erased_at: new Date(ERASED_AT).toISOString(),
      state: 'done',
      events: 0,
      dead_letters: 0,
      conflicts: 0,
      ...fields,
    },
  });

  it('leaves of their events what is counted, of others everything, and says what it did', async () => {
    await service.record([...eventsOf(CANARY), ...eventsOf('somebody-else')]);
    const before = await service.facts();
    const counts = await service.counts();
    expect(await service.erase(CANARY)).toEqual(answer({ events: 5 }));

    const after = await service.facts();
    expect(after).toEqual(
      before.map((fact) => {
        if (fact.user_id !== CANARY) return fact;
        const nothing = Object.fromEntries(EMPTIED.map((column) => [column, null]));
        return { ...fact, ...nothing, event_id: fact.event_key, fingerprint: null };
      }),
    );
    expect(after.filter(({ user_id }) => user_id === null)).toHaveLength(5);
    expect(await service.counts()).toEqual(counts);
    await service.verified();
    expect(await service.tablesHolding(CANARY)).toEqual([]);
    expect(await service.tablesHolding('somebody-else')).toEqual(['events: 5']);

    // Doing it again finds nothing, and says the same.
    expect(await service.erase(CANARY)).toEqual(answer({ events: 5 }));
    expect(await service.facts()).toEqual(after);
  });

  it('does not resurrect: the same again, with other content, and what was never recorded, are known or without a person', async () => {
    await service.record(eventsOf(CANARY));
    await service.erased(CANARY);
    const erased = await service.facts();
    expect(await service.record(eventsOf(CANARY))).toEqual(erased.map(() => 'duplicate'));
    const other = eventsOf(CANARY).map((row) => ({ ...row, campaign: 'other' }));
    expect(await service.record(other)).toEqual(erased.map(() => 'duplicate'));
    expect(await service.facts()).toEqual(erased);

    // Received before, and arriving now.
    expect(await service.record(eventsOf(CANARY, 'canary-7f3a-late'))).toEqual(erased.map(() => 'recorded'));
    const all = await service.facts();
    expect(all).toHaveLength(10);
    for (const fact of all) {
      expect(EMPTIED.map((column) => fact[column])).toEqual(EMPTIED.map(() => null));
      expect([fact.fingerprint, fact.event_id]).toEqual([null, fact.event_key]);
    }
    const { rows } = await service.sql.query(
      `select sum(n)::int as n, sum(amount)::text as amount from event_counts_15m`,
    );
    expect(rows).toEqual([{ n: 10, amount: '39.8000' }]);
    await service.verified();
    expect(await service.tablesHolding(CANARY)).toEqual([]);
    expect(await service.record(eventsOf(CANARY, 'canary-7f3a-late'))).toEqual(erased.map(() => 'duplicate'));
  });

  it('goes by when an event was received, to the millisecond; what they do afterwards is kept, until they are erased again', async () => {
    const row = (event_id: string): Row => ({ event_type: 'click', event_id, timestamp: TEST_TIME, user_id: CANARY });
    await service.erased(CANARY);
    expect(await service.recordReceived(row('at'), ERASED_AT)).toBe('recorded');
    expect(await service.recordReceived(row('after'), ERASED_AT + 1)).toBe('recorded');
    const users = async () => (await service.facts()).map(({ user_id }) => user_id).sort();
    expect(await users()).toEqual([CANARY, null]);

    service.application.clock.time += HOUR;
    expect((await service.erase(CANARY)).body).toMatchObject({
      erased_at: new Date(ERASED_AT + HOUR).toISOString(),
      events: 1,
    });
    expect(await users()).toEqual([null, null]);
  });

  it('twins in one batch: the first is recorded without its person, the others are duplicates of it, whatever they say', async () => {
    await service.erased(CANARY);
    const [click] = eventsOf(CANARY);
    const statuses = await service.record([click!, { ...click!, x: 0.1 }, { ...click!, user_id: 'somebody-else' }]);
    expect(statuses).toEqual(['recorded', 'duplicate', 'duplicate']);
    expect(await service.tablesHolding(CANARY)).toEqual([]);
  });

  it('all that is held, also what says that it was received later, by a clock that is ahead', async () => {
    const row = (event_id: string): Row => ({ event_type: 'click', event_id, timestamp: TEST_TIME, user_id: CANARY });
    await service.recordReceived(row('ahead'), ERASED_AT + HOUR);
    await service.recordReceived(row('far ahead'), ERASED_AT + 100 * 24 * HOUR);
    const { body } = await service.erase(CANARY);
    // The log takes their word, so that all regions erase the same; but not for a hundred days.
    expect(body).toMatchObject({ state: 'done', events: 2, erased_at: new Date(ERASED_AT + 24 * HOUR).toISOString() });
    expect(await service.tablesHolding(CANARY)).toEqual([]);
  });

  it('holds for a replica that has read the log before, and for one that starts later', async () => {
    const replica = await service.replica();
    try {
      const somebody = eventsOf('somebody-else');
      await service.record(somebody.slice(0, 1), replica);
      await service.erased(CANARY);
      expect(await service.record([...eventsOf(CANARY), ...somebody.slice(1)], replica)).toEqual(
        Array.from({ length: 9 }, () => 'recorded'),
      );
      expect(await service.tablesHolding(CANARY)).toEqual([]);
      expect(await service.tablesHolding('somebody-else')).toEqual(['events: 5']);
      await service.verified();
    } finally {
      await replica.close();
    }
    const later = await service.replica();
    try {
      await service.record(eventsOf(CANARY, 'canary-7f3a-2'), later);
      expect(await service.tablesHolding(CANARY)).toEqual([]);
    } finally {
      await later.close();
    }
  });

  it('in several portions, while others are recorded', async () => {
    const many = Array.from({ length: 2_600 }, (_, n): Row => ({
      event_type: n % 3 === 0 ? 'click' : 'conversion',
      event_id: `${CANARY}-${n >> 1}`,
      timestamp: TEST_TIME - (n >> 2) * 86_400,
      user_id: CANARY,
    }));
    await service.record(many.filter(({ event_type, event_id }, n) => many.findIndex((one) => one.event_type === event_type && one.event_id === event_id) === n)); // prettier-ignore
    const held = (await service.facts()).length;
    expect(held).toBeGreaterThan(2_000);
    const erasing = service.erase(CANARY);
    for (let n = 0; n < 20; n += 1) await service.record(eventsOf('somebody-else', `other-${n}`));
    const { body } = await erasing;
    const { events } = (await service.erase(CANARY)).body;
    expect([body.person, events]).toEqual([PERSON, held]);
    expect(await service.tablesHolding(CANARY)).toEqual([]);
    await service.verified();
  });

  it('several persons at once', async () => {
    const ids = Array.from({ length: 8 }, (_, n) => `canary-7f3a-${n}`);
    await service.record(ids.flatMap((id) => eventsOf(id)));
    const erased = await Promise.all(ids.map((id) => service.erase(id)));
    expect(erased.map(({ status, body }) => [status, body.events])).toEqual(ids.map(() => [200, 5]));
    expect(await service.tablesHolding(CANARY)).toEqual([]);
    await service.verified();
  });

  it('is noted in the audit log by the hash alone', async () => {
    await service.record(eventsOf(CANARY));
    await service.erased(CANARY);
    const { body } = await service.request('GET', '/audit');
    expect(body.entries).toMatchObject([
      {
        action: 'person.erased',
        subject: PERSON,
        details: { state: 'done', events: 5, dead_letters: 0, conflicts: 0 },
      },
    ]);
    expect(JSON.stringify(body)).not.toContain(CANARY);
  });

  it('an id of any characters, and none that no producer can have sent', async () => {
    const odd = 'ana/ñ \'x" \\ %2F';
    await service.record(eventsOf(odd, 'canary-7f3a'));
    expect((await service.erase(odd)).body).toMatchObject({ state: 'done', events: 5 });
    expect((await service.erase('u'.repeat(256))).status).toBe(400);
    expect((await service.erase('u\0')).status).toBe(400);
  });
});

describe('ERASURE_KEY', () => {
  let service: PeopleService;
  beforeEach(async () => {
    service = await PeopleService.start();
  }, START_MS);
  afterEach(() => service.stop());

  const row: Row = { event_type: 'click', event_id: 'e', timestamp: TEST_TIME, user_id: 'u' };

  it('is needed, and always the same: 503, and nothing is erased', async () => {
    const without = await service.replica({ ERASURE_KEY: null });
    const other = await service.replica({ ERASURE_KEY: 'another key, which is long enough as well' });
    try {
      await service.record([row]);
      expect(await service.erase('u', without)).toMatchObject({ status: 503, body: { code: 'erasure_key_missing' } });
      expect((await service.facts())[0]!.user_id).toBe('u');
      await service.erased('somebody-else');
      expect(await service.erase('u', other)).toMatchObject({ status: 503, body: { code: 'erasure_key_changed' } });
      expect((await service.facts())[0]!.user_id).toBe('u');
    } finally {
      await Promise.all([without.close(), other.close()]);
    }
  });

  it('is not asked for where nobody was erased, nor for what was received since; else recording stops, and says why', async () => {
    const without = await service.replica({ ERASURE_KEY: null, DRAIN_TIMEOUT_MS: 100 });
    try {
      expect(await service.record([row], without)).toEqual(['recorded']);
      await service.erased('somebody-else');
      expect(await service.recordReceived({ ...row, event_id: 'later' }, ERASED_AT + 1, without)).toBe('recorded');
      const waiting = without.store.append([trackedRow({ ...row, event_id: 'before' })], 1_000);
      await expect(waiting).rejects.toThrow('PostgreSQL did not answer in time');
      const { body } = await service.request('GET', '/health', without);
      expect(body).toMatchObject({
        status: 'degraded',
        components: { recording: { status: 'down', reason: expect.stringContaining('ERASURE_KEY') as string } },
      });
    } finally {
      await without.close();
    }
  });
});
