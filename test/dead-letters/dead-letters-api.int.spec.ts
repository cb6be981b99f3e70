import { type DeadLetter, DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { REASON_CODES } from '../../src/events/domain/rejection.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { CLICKS, deadLetter } from '../support/dead-letters.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { eventually } from '../support/waiting.js';

type Json = Record<string, unknown>;
interface Page {
  dead_letters: (Json & { id: string; message_id: string })[];
  next_cursor: string | null;
}

describe('dead letters over HTTP', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url);
    await application.database.connect();
  });
  afterEach(async () => {
    await application.close();
    await testDatabase.drop();
  });

  const add = (...letters: DeadLetter[]) =>
    application.app.get(DeadLetterStore).add(letters, new AbortController().signal);
  const get = async <T = Json>(path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${application.url}${path}`, { headers });
    return { status: response.status, body: (await response.json()) as T, link: response.headers.get('link') };
  };
  const list = async (query: Record<string, string> = {}) =>
    (await get<Page>(`/dead-letters?${new URLSearchParams(query).toString()}`)).body;
  const numbers = (page: Page) => page.dead_letters.map(({ message_id }) => Number(message_id.split(':')[1]));

  it('shows every field, null where there is none', async () => {
    await add(
      deadLetter(1, {
        messageKey: 'k\u0000\u20ac',
        eventTime: TEST_TIME - 1,
        properties: { source: 'shop', odd: '\ud800' },
        payload: Buffer.from('{"url":"/\u20ac"}'),
      }),
      deadLetter(2, {
        payload: Buffer.from([0xff, 0x00, 0x7b]),
        envelope: Buffer.from([0x0a, 0x00]),
        schemaVersion: Buffer.from([0, 1]),
      }),
    );
    const { dead_letters: letters } = await list();
    const [second, first] = letters;
    expect(first).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      reason: 'schema',
      detail: 'user_id: must be a string of 1 to 255 characters; got nothing',
      topic: CLICKS,
      message_id: '12:1:-1:-1',
      key: 'k\u0000\u20ac',
      published_at: '2026-01-15T12:00:00.000Z',
      published_at_text: null,
      event_time: '2026-01-15T11:59:59.999Z',
      event_time_text: null,
      first_seen: '2026-01-15T12:00:00.000Z',
      attempts: 1,
      state: 'open',
      replayed_at: null,
      event_id: null,
      payload_bytes: 14,
    });
    expect(second).toMatchObject({ key: null, event_time: null, payload_bytes: 3 });
    expect((await get(`/dead-letters/${first?.id}`)).body).toEqual({
      ...first,
      properties: { source: 'shop', odd: '\ud800' },
      payload_base64: Buffer.from('{"url":"/\u20ac"}').toString('base64'),
      payload_text: '{"url":"/\u20ac"}',
      envelope_base64: null,
      schema_version_base64: null,
    });
    expect((await get(`/dead-letters/${second?.id.toUpperCase()}`)).body).toMatchObject({
      properties: {},
      payload_base64: '/wB7',
      payload_text: null,
      envelope_base64: 'CgA=',
      schema_version_base64: 'AAE=',
    });
  });

  it('shows 5 MB whole, and the beginning of it as text', async () => {
    const payload = Buffer.from('x' + '\u{1f600}'.repeat(1_250_000));
    await add(deadLetter(1, { reason: 'too_large', payload }));
    const { body } = await get(`/dead-letters/${(await list()).dead_letters[0]?.id}`);
    expect(Buffer.from(body.payload_base64 as string, 'base64').equals(payload)).toBe(true);
    expect(body.payload_text).toBe('x' + '\u{1f600}'.repeat(4095));
  });

  it('keeps 40 MB whole, shows the first 8 MiB, and tries again', async () => {
    const payload = Buffer.from('\u20ac'.repeat(14_000_000));
    await add(deadLetter(1, { reason: 'too_large', payload }));
    const { id } = (await list()).dead_letters[0]!;
    const { body } = await get(`/dead-letters/${id}`);
    const shown = Buffer.from(body.payload_base64 as string, 'base64');
    expect(body.payload_bytes).toBe(payload.length);
    expect(shown.equals(payload.subarray(0, 8 * 1024 * 1024))).toBe(true);
    expect(body.payload_text).toBe('\u20ac'.repeat(4096));
    const replay = await fetch(`${application.url}/dead-letters/${id}/replay`, { method: 'POST' });
    expect(await replay.json()).toMatchObject({ status: 'rejected', code: 'too_large', state: 'open' });
  });

  it('names a write in /health that meets the same error again and again, until one succeeds', async () => {
    const part = async () => (await get<{ components: Json }>('/health')).body.components.writes;
    expect(await part()).toEqual({ status: 'up' });
    const stopping = new AbortController();
    const stuck = application.app.get(DeadLetterStore).add([deadLetter(1, { originKey: 'no UUID' })], stopping.signal);
    const isNamed = async () => {
      application.clock.time += 1_000; // the answer is kept for half a second
      expect(await part()).toEqual({
        status: 'down',
        reason: 'tried again in vain: dead letters: TypeError: not a UUID: no UUID',
      });
    };
    await eventually(isNamed, { within: 20_000, what: 'it is named' });
    stopping.abort(new Error('the service stops'));
    await expect(stuck).rejects.toThrow();
    const figures = await (await fetch(`${application.url}/internal/metrics`)).text();
    expect(figures).toContain('monitoreo_stuck_writes_total{write="dead letters"} 1');
    expect(figures).toContain('monitoreo_stuck_writes_total{write="recording"} 0');
    await add(deadLetter(2));
    application.clock.time += 1_000;
    expect(await part()).toEqual({ status: 'up' });
  });

  it('filters by reason, topic, state and time, together', async () => {
    const sales = 'persistent://public/default/sales';
    await add(deadLetter(1), deadLetter(2, { topic: sales }));
    application.clock.time += 1000;
    await add(deadLetter(3, { reason: 'not_json' }), deadLetter(4));
    const first = '2026-01-15T12:00:00.000Z';
    for (const [query, expected] of [
      [{}, [4, 3, 2, 1]],
      [{ reason: 'schema' }, [4, 2, 1]],
      [{ topic: 'sales' }, [2]],
      [{ topic: sales }, [2]],
      [{ reason: 'schema', topic: 'clicks' }, [4, 1]],
      [{ from: first }, [4, 3]],
      [{ to: first }, [2, 1]],
      [{ from: String(TEST_TIME - 1), to: String(TEST_TIME) }, [2, 1]],
      [{ state: 'open', reason: 'not_json' }, [3]],
      [{ state: 'replayed' }, []],
    ] as [Record<string, string>, number[]][]) {
      expect([query, numbers(await list(query))]).toEqual([query, expected]);
    }
  });

  it('a walk by cursor shows every letter once, also those of one millisecond, and none that came later', async () => {
    for (let tick = 0; tick < 3; tick += 1) {
      await add(...Array.from({ length: 7 }, (_, index) => deadLetter(tick * 7 + index + 1)));
      application.clock.time += 1;
    }
    const seen: number[] = [];
    let next: string | null = '/dead-letters?reason=schema&limit=4';
    while (next !== null) {
      const { body, link }: { body: Page; link: string | null } = await get<Page>(next);
      seen.push(...numbers(body));
      expect(link).toBe(body.next_cursor && `<${next.split('&cursor')[0]}&cursor=${body.next_cursor}>; rel="next"`);
      next = body.next_cursor && `/dead-letters?reason=schema&limit=4&cursor=${body.next_cursor}`;
      await add(deadLetter(1000 + seen.length));
    }
    expect(seen).toHaveLength(21);
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
    expect(Math.max(...seen.slice(-7))).toBeLessThanOrEqual(7);
  });

  it('counts every reason of the closed list, with its fix', async () => {
    await add(deadLetter(1), deadLetter(2), deadLetter(3, { reason: 'not_utf8' }));
    const { body } = await get<{ reasons: Json[] }>('/dead-letters/counts');
    expect(body.reasons.map(({ reason }) => reason)).toEqual(REASON_CODES);
    expect(body).toMatchObject({ open: 3, replayed: 0 });
    expect(body.reasons.find(({ reason }) => reason === 'schema')).toEqual({
      reason: 'schema',
      meaning: 'a field is missing, or has the wrong type, length or range',
      fix: 'The detail names the field and what it should be. Replay with the corrected field.',
      open: 2,
      replayed: 0,
      erased: 0,
    });
  });

  it('shows in /internal/metrics how many are open', async () => {
    const gauge = async () => {
      const text = await (await fetch(`${application.url}/internal/metrics`)).text();
      return text.split('\n').filter((line) => line.startsWith('monitoreo_dead_letters_open{'));
    };
    expect(await gauge()).toHaveLength(REASON_CODES.length);
    await add(deadLetter(1), deadLetter(2));
    application.clock.time += 15_000;
    expect(await gauge()).toContain('monitoreo_dead_letters_open{reason="schema"} 2');
  });

  it('names what it cannot take', async () => {
    const codeOf = async (path: string) => {
      const { status, body } = await get(path);
      return [status, body.code];
    };
    for (const query of [
      'reason=none',
      'state=gone',
      'limit=0',
      'limit=1001',
      'topic=a/b',
      'topic=non-persistent://a/b/c',
    ])
      expect([query, await codeOf(`/dead-letters?${query}`)]).toEqual([query, [400, 'invalid_request']]);
    expect(await codeOf('/dead-letters?cursor=MSAx')).toEqual([400, 'invalid_cursor']);
    expect(await codeOf('/dead-letters?from=2026-01-02T00:00:00Z&to=1')).toEqual([400, 'invalid_time_range']);
    expect(await codeOf('/dead-letters/1')).toEqual([400, 'invalid_request']);
    expect(await codeOf(`/dead-letters/${testUuid(9)}`)).toEqual([404, 'dead_letter_not_found']);
  });

  it('is for holders of the token alone', async () => {
    await application.close();
    application = await startApplication(testDatabase.url, { API_TOKEN: 'secret' });
    await application.database.connect();
    const id = testUuid(9);
    for (const [method, path] of [
      ['GET', '/dead-letters'],
      ['GET', '/dead-letters/counts'],
      ['GET', `/dead-letters/${id}`],
      ['POST', `/dead-letters/${id}/replay`],
      ['POST', '/dead-letters/replay'],
    ] as const) {
      for (const token of [undefined, '', 'secre', 'secret, secret']) {
        const headers: Record<string, string> = token === undefined ? {} : { 'x-api-token': token };
        const { status } = await fetch(application.url + path, { method, headers });
        expect([method, path, token, status]).toEqual([method, path, token, 401]);
      }
    }
    expect((await get('/dead-letters', { 'x-api-token': 'secret' })).status).toBe(200);
  });
});
