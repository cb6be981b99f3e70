import { deadLetter } from '../support/dead-letters.js';
import { clickPayload, encoded, TEST_TIME } from '../support/events.js';
import type { Row } from '../support/record-rows.js';
import { PeopleService, START_MS } from './people-service.js';

const USER = 'ana/ñ 7';

const row = (event_id: string, more: Partial<Row> = {}): Row => ({
  event_type: 'click',
  event_id,
  timestamp: TEST_TIME,
  user_id: USER,
  url: '/',
  ...more,
});

describe('the export of a person', () => {
  let service: PeopleService;
  beforeEach(async () => {
    service = await PeopleService.start();
  }, START_MS);
  afterEach(() => service.stop());

  it('is all that is held on them: events oldest first, dead letters with their bytes, contents of conflicts; of nobody else', async () => {
    await service.record([
      row('second', { timestamp: TEST_TIME + 1, campaign: 'autumn' }),
      row('first'),
      row('other', { user_id: 'somebody-else' }),
    ]);
    const payload = encoded(clickPayload({ user_id: USER, timestamp: 1 }));
    await service.addLetters([
      deadLetter(1, { reason: 'timestamp_range', payload, messageKey: 'k', properties: { p: 'q' } }),
      deadLetter(2, { reason: 'not_json', payload: Buffer.from(`<${USER}>`) }),
      deadLetter(3, { payload: encoded({ url: '/' }) }),
    ]);
    await service.sql.query(
      `insert into region_conflicts (event_key, event_type, fingerprint, event_id, content, first_seen)
       values (gen_random_uuid(), 'click', 1, 'x', $1, now()), (gen_random_uuid(), 'click', 2, 'y', $2, now())`,
      [JSON.stringify({ page_url: '/', user_id: USER }), JSON.stringify({ user_id: 'somebody-else' })],
    );

    const lines = await service.export(USER);
    expect(lines.map(({ kind }) => kind)).toEqual(['event', 'event', 'dead_letter', 'dead_letter', 'conflict']);
    const shown = (await service.request('GET', `/events?order=asc&user_id=${encodeURIComponent(USER)}`)).body;
    expect(lines.slice(0, 2).map(({ event }) => event)).toEqual(shown.events);
    expect(lines.slice(0, 2)).toMatchObject([
      { event: { event_id: 'first' } },
      { event: { event_id: 'second', properties: { campaign: 'autumn' } } },
    ]);
    expect(lines[2]!.dead_letter).toMatchObject({
      reason: 'timestamp_range',
      key: 'k',
      properties: { p: 'q' },
      payload_base64: payload.toString('base64'),
    });
    expect(lines[3]!.dead_letter).toMatchObject({ reason: 'not_json' });
    expect(lines[4]!.conflict).toMatchObject({ event_type: 'click', content: { page_url: '/', user_id: USER } });
  });

  it('of a person of whom nothing is held, or who was erased, has no line', async () => {
    expect(await service.export('nobody')).toEqual([]);
    await service.record([row('first')]);
    await service.addLetters([deadLetter(1, { payload: encoded({ user_id: USER }) })]);
    expect(await service.export(USER)).toHaveLength(2);
    await service.erased(USER);
    expect(await service.export(USER)).toEqual([]);
  });

  it('is many pages where there are many, and needs no key of erasures', async () => {
    const replica = await service.replica({ ERASURE_KEY: null });
    try {
      const rows = Array.from({ length: 1_200 }, (_, n) => row(`e-${n}`, { timestamp: TEST_TIME + n }));
      await service.record(rows);
      const response = await fetch(`${replica.url}/users/${encodeURIComponent(USER)}/export`);
      const ids = (await response.text())
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { event: { event_id: string } }).event.event_id);
      expect(ids).toEqual(rows.map(({ event_id }) => event_id));
    } finally {
      await replica.close();
    }
  });

  it('an id that no producer can have sent is 400', async () => {
    expect((await service.request('GET', `/users/${'u'.repeat(256)}/export`)).status).toBe(400);
  });

  it('more dead letters than are looked through at once, and one of many megabytes', async () => {
    const letters = Array.from({ length: 2_100 }, (_, n) => deadLetter(n + 1, { payload: encoded({ url: `/${n}` }) }));
    await service.addLetters(letters);
    const large = Buffer.from(`${'x'.repeat(9 * 1024 * 1024)} ${USER}`);
    await service.addLetters([deadLetter(3_001, { reason: 'too_large', payload: large })]);
    await service.addLetters([deadLetter(3_002, { payload: encoded({ user_id: USER }) })]);
    const lines = await service.export(USER);
    const sizes = lines.map(({ dead_letter }) => (dead_letter as { payload_bytes: number }).payload_bytes);
    // Events of one millisecond come by their ids.
    expect(sizes.sort((one, other) => one - other)).toEqual([encoded({ user_id: USER }).length, large.length]);
    expect((await service.erase(USER)).body).toMatchObject({ state: 'done', dead_letters: 2 });
    expect(await service.tablesHolding(USER)).toEqual([]);
  });
});
