import type { DeadLetter } from '../../src/events/application/dead-letter-store.port.js';
import { EventSynonyms } from '../../src/events/domain/parsing/event-synonyms.js';
import type { LetterPlace } from '../../src/people/application/held-letters.js';
import { lettersPage } from '../../src/people/infrastructure/postgres/letters-page.js';
import { deadLetter } from '../support/dead-letters.js';
import { clickPayload, encoded, TEST_TIME } from '../support/events.js';
import { ERASED_AT, PeopleService, START_MS } from './people-service.js';

const CANARY = 'canary-7f3a';

const of = (n: number, payload: unknown, fields: Partial<DeadLetter> = {}) =>
  deadLetter(n, { payload: Buffer.isBuffer(payload) ? payload : encoded(payload), ...fields });

/** Each one the person's, and how its bytes say it. */
const theirs = (): DeadLetter[] => [
  of(1, clickPayload({ user_id: CANARY, timestamp: 1 }), { reason: 'timestamp_range', messageKey: CANARY }),
  of(2, { userId: CANARY }, { detail: `user_id is missing, and there is ${CANARY}`, properties: { of: CANARY } }),
  of(3, Buffer.from(`{"user_id":"${CANARY}",`), { reason: 'not_json' }),
  of(4, Buffer.from('{"user_id":"\\u0063anary-7f3a","x":2}')),
  of(5, Buffer.from([0xff, 0x01]), { reason: 'encrypted', messageKey: CANARY, envelope: Buffer.from('\n\u0001') }),
  of(6, Buffer.from([0xff, 0x02]), { reason: 'undecompressable', envelope: Buffer.from(`\n${CANARY}\n`) }),
];
const others = (): DeadLetter[] => [
  of(11, clickPayload({ user_id: `${CANARY}x`, timestamp: 1 }), { reason: 'timestamp_range' }),
  of(12, Buffer.from(`x${CANARY} ${CANARY}0`), { reason: 'not_json' }),
  of(13, clickPayload({ user_id: 'somebody-else', timestamp: 1, referrer: CANARY }), { reason: 'timestamp_range' }),
];

const EMPTY = {
  state: 'erased',
  payload: Buffer.alloc(0),
  message_key: null,
  properties: null,
  detail: null,
  envelope: null,
};

describe('the dead letters of a person who is erased', () => {
  let service: PeopleService;
  beforeEach(async () => {
    service = await PeopleService.start();
  }, START_MS);
  afterEach(() => service.stop());

  it('are emptied: those that name them, and those that hold their id where nobody can be read; others stay as they are', async () => {
    await service.addLetters([...theirs(), ...others()]);
    const before = await service.letters();
    expect((await service.erase(CANARY)).body).toMatchObject({ state: 'done', events: 0, dead_letters: 6 });
    const after = await service.letters();
    for (const [index, letter] of after.entries()) {
      if (index < 6) expect(letter).toEqual({ ...before[index], ...EMPTY });
      else expect(letter).toEqual(before[index]);
    }
    const { body } = await service.request('GET', '/dead-letters/counts');
    expect(body).toMatchObject({ open: 3, replayed: 0, erased: 6 });
    const listed = await service.request('GET', '/dead-letters?state=erased');
    expect((listed.body.dead_letters as unknown[]).length).toBe(6);
    const { id } = after[0]!;
    expect((await service.request('GET', `/dead-letters/${id as string}`)).body).toMatchObject({
      state: 'erased',
      key: null,
      detail: null,
      payload_bytes: 0,
      payload_base64: '',
      properties: {},
    });
  });

  it('cannot be replayed: 409, alone and with a correction, and are left out where all of a reason are', async () => {
    await service.addLetters(theirs().slice(0, 1));
    await service.erased(CANARY);
    const { id } = (await service.letters())[0]!;
    const path = `/dead-letters/${id as string}/replay`;
    expect(await service.request('POST', path)).toMatchObject({ status: 409, body: { code: 'dead_letter_erased' } });
    const corrected = await fetch(service.application.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(clickPayload({ user_id: CANARY })),
    });
    expect(corrected.status).toBe(409);
    const all = await fetch(`${service.application.url}/dead-letters/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'timestamp_range' }),
    });
    expect(await all.json()).toMatchObject({ recorded: 0, duplicate: 0, rejected: 0, skipped: 0 });
    expect(await service.facts()).toEqual([]);
  });

  it('one that was replayed before: its event is erased with it, and neither keeps the id of the other', async () => {
    const event = clickPayload({ user_id: CANARY, event_id: 'canary-7f3a-order' });
    await service.addLetters([of(1, event), of(2, { url: '/' })]);
    const [own, somebodys] = (await service.letters()).map(({ id }) => id as string);
    expect((await service.request('POST', `/dead-letters/${own}/replay`)).status).toBe(200);
    // Nobody's bytes, and corrected to be an event of the person.
    const correction = JSON.stringify(clickPayload({ user_id: CANARY, event_id: 'canary-7f3a-other' }));
    const corrected = await fetch(`${service.application.url}/dead-letters/${somebodys}/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: correction,
    });
    expect(await corrected.json()).toMatchObject({ status: 'recorded' });

    expect((await service.erase(CANARY)).body).toMatchObject({ events: 2, dead_letters: 1 });
    const [first, second] = await service.letters();
    const keys = (await service.facts()).map(({ event_key }) => event_key);
    expect(first!.state).toBe('erased');
    expect(second).toMatchObject({ state: 'replayed', payload: encoded({ url: '/' }) });
    expect([first!.event_id, second!.event_id].sort()).toEqual(keys);
    expect(await service.tablesHolding(CANARY)).toEqual([]);
    expect((await service.request('POST', `/dead-letters/${own}/replay`)).status).toBe(409);
  });

  it('that arrive later are kept without their bytes where they were published before; a redelivery changes nothing', async () => {
    await service.erased(CANARY);
    await service.addLetters([...theirs(), ...others()]);
    const letters = await service.letters();
    expect(letters.slice(0, 6)).toEqual(letters.slice(0, 6).map((letter) => ({ ...letter, ...EMPTY })));
    expect(letters.slice(6).map(({ state }) => state)).toEqual(['open', 'open', 'open']);

    await service.addLetters(theirs());
    expect((await service.letters()).slice(0, 6)).toEqual(
      letters.slice(0, 6).map((letter) => ({ ...letter, attempts: 2 })),
    );

    // Whoever looks through all its words lets others have their turn; the last one is found as well.
    await service.addLetters([of(20, Buffer.from(`${'a,'.repeat(50_000)}${CANARY}`), { reason: 'not_json' })]);
    expect((await service.letters()).at(-1)).toMatchObject(EMPTY);

    const later = of(21, clickPayload({ user_id: CANARY, timestamp: 1 }), { publishedAt: ERASED_AT + 1 });
    await service.addLetters([later]);
    expect((await service.letters()).at(-1)).toMatchObject({ state: 'open', payload: later.payload });
  });

  it('are found behind letters that are too many bytes to be searched at once', async () => {
    const large = Array.from({ length: 20 }, (_, n) =>
      of(30 + n, Buffer.alloc(1024 * 1024, 'x'), { reason: 'not_json' }),
    );
    await service.addLetters([...large, ...theirs()]);
    const ask = async (text: string, values: unknown[]) => (await service.sql.query(text, values)).rows as never[];
    const { next } = await lettersPage(ask, null, [CANARY]);
    const { rows } = await service.sql.query<LetterPlace & { large: boolean }>(
      'select id, octet_length(payload) > 1000000 as large from dead_letters order by first_seen, id',
    );
    const searched = rows.slice(0, rows.findIndex(({ id }) => id === next?.id) + 1);
    expect(searched.filter(({ large }) => large)).toHaveLength(4);
    expect((await service.erase(CANARY)).body).toMatchObject({ dead_letters: 6 });
  });

  it('of a replica that has not heard of it yet', async () => {
    const replica = await service.replica();
    try {
      await service.addLetters(others().slice(0, 1), replica);
      await service.erased(CANARY);
      await service.addLetters(theirs(), replica);
      expect((await service.letters()).map(({ state }) => state)).toEqual([...theirs().map(() => 'erased'), 'open']);
    } finally {
      await replica.close();
    }
  });

  it('by other names of user_id', async () => {
    await service.stop();
    service = await PeopleService.start({ EVENT_SYNONYMS: EventSynonyms.parse('click.user_id=customer') });
    await service.addLetters([of(1, { customer: CANARY }), of(2, { customer: 'somebody-else', friend: CANARY })]);
    await service.erased(CANARY);
    expect((await service.letters()).map(({ state }) => state)).toEqual(['erased', 'open']);
  });

  it('a replay under way when the person is erased records them without their person', async () => {
    await service.addLetters([
      of(1, clickPayload({ user_id: CANARY, event_id: 'canary-7f3a-order', timestamp: TEST_TIME })),
    ]);
    const { id } = (await service.letters())[0]!;
    const [replayed, erased] = await Promise.all([
      service.request('POST', `/dead-letters/${id as string}/replay`),
      service.erase(CANARY),
    ]);
    expect(erased.status).toBe(200);
    expect([200, 409]).toContain(replayed.status);
    expect(await service.tablesHolding(CANARY)).toEqual([]);
    await service.verified();
  });
});
