import type { Role } from '../../src/access/domain/role.js';
import type { CreatedKey } from '../../src/access/application/answers/key.answer.js';
import { type AnySettings, startApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const TOKEN = 'the-token-of-the-configuration';
const CLICK = { page_url: 'https://shop.example/a', x: 0.45, y: 0.3 };
const MOST_FAILURES = 20;

describe('a key in the body of what a page sends, where pages need one', () => {
  let database: TestDatabase;
  let service: TestApplication;

  const start = async (settings: AnySettings) => {
    database = await createTestDatabase();
    service = await startApplication(database.url, { API_TOKEN: TOKEN, ...settings });
    await service.database.connect();
  };
  beforeEach(() => start({ PUBLIC_WRITES: 'key' }));
  afterEach(async () => {
    await service.close();
    await database.drop();
  });

  const keyOf = async (role: Role): Promise<CreatedKey> => {
    const headers = { 'x-api-token': TOKEN, 'content-type': 'application/json' };
    const body = JSON.stringify({ role, name: `a ${role}` });
    return (await (await fetch(`${service.url}/keys`, { method: 'POST', headers, body })).json()) as CreatedKey;
  };
  const post = async (body: unknown, headers: Record<string, string> = {}, path = '/api/heatmap/click') => {
    const answer = await fetch(service.url + path, {
      method: 'POST',
      headers: { 'content-type': 'text/plain;charset=UTF-8', origin: 'https://shop.example', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
  };
  const stored = async () =>
    (await service.database.writers().query<Record<string, unknown>>('select * from events order by event_id')).rows;

  it.each(['text/plain', 'application/json'])('lets a batch in as %s, and is stored nowhere', async (type) => {
    const { key } = await keyOf('ingest-public');
    const answer = await post({ key, events: [{ ...CLICK, event_id: 'c-1' }] }, { 'content-type': type });
    expect(answer).toMatchObject({ status: 200, body: { results: [{ status: 'recorded', event_id: 'c-1' }] } });
    expect(await stored()).toMatchObject([{ event_id: 'c-1' }]);
    expect(JSON.stringify(await stored())).not.toContain(key);
    const listed = await fetch(`${service.url}/keys`, { headers: { 'x-api-token': TOKEN } });
    expect(await listed.text()).not.toContain(key);
  });

  it.each<[string, (keys: Record<'ingest-public' | 'read', string>) => unknown, number]>([
    ['no key', () => ({ events: [CLICK] }), 401],
    ['an unknown one', () => ({ key: 'mon_junk', events: [CLICK] }), 401],
    ['an empty one', () => ({ key: '', events: [CLICK] }), 401],
    ['one that is no text', (keys) => ({ key: [keys['ingest-public']], events: [CLICK] }), 401],
    ['one that may only read', ({ read }) => ({ key: read, events: [CLICK] }), 403],
    ['one beside no events', (keys) => ({ ...CLICK, key: keys['ingest-public'] }), 401],
    ['one inside an event', (keys) => ({ events: [{ ...CLICK, key: keys['ingest-public'] }] }), 401],
    ['no JSON', () => '{"key":', 401],
    ['nothing', () => '', 401],
  ])('%s: refused, so that the page can read why', async (_, bodyWith, status) => {
    const keys = { 'ingest-public': (await keyOf('ingest-public')).key, read: (await keyOf('read')).key };
    const answer = await post(bodyWith(keys));
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await stored()).toEqual([]);
  });

  it('what is sent in a header is what counts', async () => {
    const { key } = await keyOf('ingest-public');
    expect((await post({ events: [CLICK] }, { 'x-api-token': key })).status).toBe(200);
    expect((await post({ key, events: [CLICK] }, { 'x-api-token': 'mon_junk' })).status).toBe(401);
    expect(await stored()).toHaveLength(1);
  });

  it('a revoked one is refused at once; API_TOKEN is a key like any other', async () => {
    const { key, id } = await keyOf('ingest-public');
    await fetch(`${service.url}/keys/${id}`, { method: 'DELETE', headers: { 'x-api-token': TOKEN } });
    expect((await post({ key, events: [CLICK] })).status).toBe(401);
    expect((await post({ key: TOKEN, events: [CLICK] })).status).toBe(200);
  });

  it('forges no sale', async () => {
    const { key } = await keyOf('ingest-public');
    const sale = { event_type: 'sale', user_id: 'u-1', amount: '9.90', currency: 'EUR' };
    expect(await post({ key, events: [sale] })).toMatchObject({
      status: 200,
      body: { results: [{ status: 'rejected', code: 'type_mismatch' }] },
    });
  });

  it('guesses are counted, and a good key passes all the same', async () => {
    const { key } = await keyOf('ingest-public');
    for (let guess = 0; guess < MOST_FAILURES; guess++)
      expect((await post({ key: `mon_${guess}`, events: [CLICK] })).status).toBe(401);
    expect((await post({ key: 'mon_more', events: [CLICK] })).status).toBe(429);
    expect((await post({ key, events: [CLICK] })).status).toBe(200);
  });

  it('another route does not look into its body', async () => {
    const { key } = await keyOf('ingest-public');
    expect((await post({ key, events: [CLICK], type: 'cheers' }, {}, '/live/click')).status).toBe(401);
  });

  it('where pages need none, whatever stands there is no hindrance', async () => {
    await service.close();
    await database.drop();
    await start({ PUBLIC_WRITES: 'open' });
    expect((await post({ key: 'mon_junk', events: [CLICK] })).status).toBe(200);
  });
});
