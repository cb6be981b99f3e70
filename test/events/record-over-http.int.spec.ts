import { gzipSync } from 'node:zlib';
import { EVENTS_LOCKS } from '../../src/events/events.locks.js';
import { withLittlePatience } from '../support/little-patience.js';
import { useService } from '../support/used-service.js';

const TOKEN = 'a-token-of-32-characters-or-more';
const CLICK = { page_url: '/albums/avengers', x: 0.45, y: 0.3, viewport_width: 1440, viewport_height: 900 };
const UUID = /^[0-9a-f-]{36}$/;

describe('recording over HTTP', () => {
  const service = useService({ API_TOKEN: TOKEN });

  beforeEach(() => service.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m'));

  async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(service.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-token': TOKEN, ...headers },
      body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    return { status: response.status, body: answer, headers: response.headers };
  }
  const stored = async () =>
    (await service.sql.query<Record<string, unknown>>('select * from events order by event_id')).rows;

  it('a click: 201 with its id, after it is stored; the header names the user agent', async () => {
    const { status, body } = await post('/track', CLICK, { 'user-agent': 'probe/1' });
    expect(status).toBe(201);
    expect(body).toEqual({ event_id: expect.stringMatching(UUID) as string });
    expect(await stored()).toMatchObject([
      {
        event_id: body.event_id,
        event_type: 'click',
        page_url: '/albums/avengers',
        x: 0.45,
        user_agent: 'probe/1',
        intake: 'http',
      },
    ]);
  });

  it('a repeat with the same id answers the same; other content with that id is a conflict, and the first stays', async () => {
    const click = { ...CLICK, event_id: 'c-1' };
    expect(await post('/track', click)).toMatchObject({ status: 201, body: { event_id: 'c-1' } });
    expect(await post('/track', click)).toMatchObject({ status: 201, body: { event_id: 'c-1' } });
    expect(await post('/track', { ...click, x: 0.9 })).toMatchObject({ status: 409, body: { code: 'id_conflict' } });
    expect(await stored()).toMatchObject([{ event_id: 'c-1', x: 0.45 }]);
  });

  it('one id a hundred times at once: one row, a hundred equal answers', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post('/track', { ...CLICK, event_id: 'same' })),
    );
    for (const { status, body } of answers)
      expect({ status, body }).toEqual({ status: 201, body: { event_id: 'same' } });
    expect(await stored()).toHaveLength(1);
  });

  it.each<[string, string | Buffer, number, string, string | undefined]>([
    ['no JSON', '{"x":', 400, 'not_json', undefined],
    ['a list', '[]', 400, 'not_json', undefined],
    ['nothing', '', 400, 'invalid_request', 'body'],
    ['bytes that are no UTF-8', Buffer.from('{"user_id":"\xff"}', 'latin1'), 400, 'not_utf8', undefined],
    ['a wrong field', '{"x":2,"y":0}', 400, 'schema', 'x'],
    ['x without y', '{"x":0.5,"user_id":"u"}', 400, 'schema', 'y'],
    ['nobody', '{"page_url":"/a"}', 400, 'schema', 'user_id'],
    ['digits that a double loses', '{"user_id":"u","n":9007199254740993}', 400, 'number_range', undefined],
    ['a forbidden key', '{"user_id":"u","__proto__":{}}', 400, 'forbidden_key', '__proto__'],
    ['a time of long ago', '{"user_id":"u","timestamp":"1901-01-01T00:00:00Z"}', 400, 'timestamp_range', 'timestamp'],
    ['more than 256 kB', JSON.stringify({ user_id: 'u', text: 'x'.repeat(262_144) }), 413, 'too_large', undefined],
    ['more than 5 MB', `{"text":"${'x'.repeat(5_000_000)}"}`, 413, 'body_too_large', undefined],
  ])('a click with %s is refused, and nothing is stored', async (_, sent, status, code, field) => {
    const { body, ...answer } = await post('/track', sent);
    expect([answer.status, body.code]).toEqual([status, code]);
    if (field !== undefined) expect(body.errors).toMatchObject([{ field }]);
    expect(body).not.toHaveProperty('stack');
    expect(await stored()).toEqual([]);
  });

  it.each([
    ['/track', CLICK],
    ['/events', { events: [{ event_type: 'click', ...CLICK }] }],
  ])('%s wants the token, as X-API-Token or Bearer, whole', async (path, body) => {
    const bearer = await post(path, body, { 'x-api-token': '', authorization: `Bearer ${TOKEN}` });
    expect(bearer.status).toBe(401); // an empty X-API-Token is a wrong one
    for (const wrong of ['', TOKEN.slice(0, -1), `${TOKEN} x`, TOKEN.toUpperCase(), `${TOKEN}, ${TOKEN}`])
      expect((await post(path, body, { 'x-api-token': wrong })).status).toBe(401);
    const other = await fetch(`${service.url}${path}?token=${TOKEN}`, { method: 'POST' });
    expect(other.status).toBe(401);
    expect(other.headers.get('www-authenticate')).toBe('Bearer');
    const right = await fetch(service.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify(body),
    });
    expect(right.ok).toBe(true);
  });

  it('a batch: a verdict for each in its order; a bad one harms no other', async () => {
    const big = { event_type: 'click', ...CLICK, text: 'x'.repeat(262_144) };
    const { status, body } = await post('/events', {
      events: [
        { event_type: 'sale', event_id: 's-1', user_id: 'u', amount: '19.90', currency: 'EUR' },
        { event_type: 'sale', event_id: 's-1', user_id: 'u', amount: 19.9, currency: 'EUR' },
        { event_type: 'sale', event_id: 's-1', user_id: 'u', amount: '20', currency: 'EUR' },
        { event_type: 'click', event_id: 's-1', ...CLICK },
        { event_type: 'visit' },
        big,
        'no object',
        { event_type: 'conversion', event_id: 'c-1', user_id: 'u', conversion_type: 'signup' },
      ],
    });
    expect(status).toBe(200);
    const results = body.results as Record<string, unknown>[];
    expect(results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(results.map(({ status: verdict, code }) => code ?? verdict)).toEqual([
      'recorded',
      'duplicate',
      'id_conflict',
      'recorded',
      'schema',
      'too_large',
      'not_json',
      'recorded',
    ]);
    expect(
      (await stored()).map(({ event_id, event_type }) => `${String(event_type)} ${String(event_id)}`).sort(),
    ).toEqual(['click s-1', 'conversion c-1', 'sale s-1']);
  });

  it.each<[string, string]>([
    ['no list', '{"events":{}}'],
    ['an empty list', '{"events":[]}'],
    ['a list itself', '[]'],
    ['null', 'null'],
    ['more than 1000', JSON.stringify({ events: Array.from({ length: 1001 }, () => CLICK) })],
  ])('a batch that is %s is 400 as a whole', async (_, sent) => {
    expect(await post('/events', sent)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it('a batch that is no JSON is 400 as a whole', async () => {
    expect(await post('/events', '{"events":[')).toMatchObject({ status: 400, body: { code: 'bad_request' } });
  });

  it('takes 1000 at once, a byte order mark, and compressed bodies', async () => {
    const events = Array.from({ length: 1000 }, (__, n) => ({ event_type: 'click', event_id: `n-${n}`, ...CLICK }));
    const text = `\ufeff${JSON.stringify({ events })}`;
    const first = await post('/events', text);
    expect((first.body.results as { status: string }[]).every(({ status }) => status === 'recorded')).toBe(true);
    const again = await post('/events', gzipSync(text), { 'content-encoding': 'gzip' });
    expect((again.body.results as { status: string }[]).every(({ status }) => status === 'duplicate')).toBe(true);
    expect(await stored()).toHaveLength(1000);
  });

  it('a small body that unpacks into a huge one is 413, one that does not unpack 400', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    expect((await post('/track', bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
    for (const encoding of ['gzip', 'deflate', 'br'])
      expect((await post('/track', 'not so packed', { 'content-encoding': encoding })).status).toBe(400);
    const cut = gzipSync(JSON.stringify(CLICK)).subarray(0, -9);
    expect((await post('/track', cut, { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post('/track', 'x', { 'content-encoding': 'zstd' })).status).toBe(415);
  });

  it('while PostgreSQL does not let it write: 503 with the ids that a resend must carry', async () => {
    await service.sql.query('select pg_advisory_lock($1)', [EVENTS_LOCKS.recording]);
    try {
      const events = [{ event_type: 'click', ...CLICK }, { event_type: 'visit' }];
      const { status, body, headers } = await withLittlePatience(service, () => post('/events', { events }));
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'outcome_unknown', '5']);
      expect(body.results).toEqual([{ index: 0, event_id: expect.stringMatching(UUID) as string }]);
    } finally {
      await service.sql.query('select pg_advisory_unlock_all()');
    }
  }, 20_000);
});
