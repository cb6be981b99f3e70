import { VoteNotTaken, Votes } from '../../src/live/application/votes.port.js';
import { CorsOrigins } from '../../src/platform/http/connection/cors-origins.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

describe('POST /live/click and its older name', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let published: Record<string, unknown>[];
  let away: boolean;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url);
    await application.database.connect();
    application.app.get(Votes, { strict: false }).publish = (payload) => {
      if (away) return Promise.reject(new VoteNotTaken('the broker is away'));
      published.push(JSON.parse(payload.toString()) as Record<string, unknown>);
      return Promise.resolve();
    };
  });
  beforeEach(() => {
    published = [];
    away = false;
  });
  afterAll(async () => {
    await application.close();
    await testDatabase.drop();
  });

  const post = async (path: string, body: unknown, type = 'application/json') => {
    const response = await fetch(application.url + path, {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body: answer };
  };
  const OLDER = '/visualization-tools-ii/kafka/click';

  it('answers 202 with the id when the broker has it', async () => {
    const { status, body } = await post('/live/click', { type: 'cheers', user_id: 'u-1' });
    expect([status, Object.keys(body)]).toEqual([202, ['event_id']]);
    expect(published).toEqual([{ event_id: body.event_id, reaction: 'cheers', user_id: 'u-1' }]);
  });

  it('keeps the id of the client, also from a beacon', async () => {
    const vote = { type: 'hate', event_id: 'vote-1', session_id: 's', page_url: '/clicker' };
    expect(await post('/live/click', vote, 'text/plain')).toMatchObject({ status: 202, body: { event_id: 'vote-1' } });
    expect(published).toEqual([{ event_id: 'vote-1', reaction: 'hate', session_id: 's', page_url: '/clicker' }]);
  });

  it.each([
    [{ type: 'fuck' }, 'invalid_request'],
    [{ type: 'toString' }, 'invalid_request'],
    [{}, 'invalid_request'],
    [[], 'invalid_request'],
    ['{', 'bad_request'],
    [{ type: 'cheers', event_id: '' }, 'schema'],
    [{ type: 'cheers', user_id: 7 }, 'schema'],
    [{ type: 'cheers', page_url: 'albums' }, 'schema'],
  ])('%j is 400, and nothing is published', async (body, code) => {
    expect(await post('/live/click', body)).toMatchObject({ status: 400, body: { code } });
    expect(published).toEqual([]);
  });

  it('is 503 with Retry-After when the broker has it not', async () => {
    away = true;
    expect(await post('/live/click', { type: 'cheers', event_id: 'vote-2' })).toMatchObject({
      status: 503,
      retryAfter: '2',
      body: { code: 'broker_unavailable' },
    });
    expect(await post(OLDER, { type: 'cheers' })).toEqual({
      status: 503,
      retryAfter: '2',
      body: { status: 'error', message: expect.stringContaining('did not confirm') as string },
    });
  });

  it.each([
    ['cheers', 'cheers'],
    ['hate', 'hate'],
    ['fuck', 'hate'],
  ])('the older path takes %s', async (type, reaction) => {
    const answer = { status: 'success', message: `Click ${type} sent!` };
    expect(await post(OLDER, { type })).toEqual({ status: 200, retryAfter: null, body: answer });
    expect(published).toMatchObject([{ reaction }]);
  });

  it('the older path says what is wrong in its own shape', async () => {
    expect(await post(OLDER, { type: 'meh' })).toMatchObject({ status: 400, body: { status: 'error' } });
  });

  it.each([
    ['kafka-clicker', '/clicker'],
    ['kafka-dashboard', '/dashboard/live'],
  ])('the older page %s leads to %s', async (page, to) => {
    const response = await fetch(`${application.url}/visualization-tools-ii/${page}`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, to]);
  });

  const postFrom = (origin: string, path = '/live/click', type = 'application/json') =>
    fetch(application.url + path, {
      method: 'POST',
      headers: { 'content-type': type, origin },
      body: '{"type":"cheers"}',
    });

  it.each(['/live/click', OLDER])('%s takes votes of our own page, with and without a preflight', async (path) => {
    for (const type of ['application/json', 'text/plain']) {
      const { status } = await postFrom(application.url, path, type);
      expect([type, status]).toEqual([type, path === OLDER ? 200 : 202]);
    }
    expect(published).toHaveLength(2);
  });

  it('a page that the operator named may vote, and read the answer', async () => {
    const page = 'https://shop.example';
    const other = await startApplication(testDatabase.url, { CORS_ORIGINS: CorsOrigins.parse(page) });
    try {
      other.app.get(Votes, { strict: false }).publish = () => Promise.resolve();
      const headers = { 'content-type': 'application/json', origin: page };
      const response = await fetch(`${other.url}/live/click`, { method: 'POST', headers, body: '{"type":"cheers"}' });
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([202, page]);
    } finally {
      await other.close();
    }
  });

  it.each(['http://elsewhere.example', 'null'])('a page of somebody else (%s) may vote', async (origin) => {
    const response = await postFrom(origin);
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([202, '*']);
    expect(published).toHaveLength(1);
  });

  it('where TRACKER_ORIGINS names the pages no other may', async () => {
    const other = await startApplication(testDatabase.url, { TRACKER_ORIGINS: 'https://shop.example' });
    try {
      for (const origin of ['http://elsewhere.example', 'null']) {
        const headers = { 'content-type': 'application/json', origin };
        const response = await fetch(`${other.url}/live/click`, { method: 'POST', headers, body: '{"type":"cheers"}' });
        expect([origin, response.status]).toEqual([origin, 403]);
      }
    } finally {
      await other.close();
    }
  });
});
