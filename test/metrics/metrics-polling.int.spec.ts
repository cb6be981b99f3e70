import { startApplication, type TestApplication } from '../support/application.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';

describe('polling figures', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let ids = 0;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url, { METRICS_CACHE_MS: 1000 }, TEST_TIME + 400);
    await application.database.connect();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await application.close();
    await testDatabase.drop();
  });

  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(application.url + path, { headers });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? null : JSON.parse(text)) as Record<string, unknown>,
    };
  };
  const click = (timestamp: number): Row => ({
    event_type: 'click',
    event_id: testUuid(++ids),
    timestamp,
    url: 'https://a.example/',
  });
  /** Statements that count something; the signs of the consumers are one more, shared by all. */
  const watchReads = () => {
    const read = jest.spyOn(application.database, 'read');
    return () => read.mock.calls.filter(([{ text }]) => /events|event_counts/.test(text)).length;
  };

  it('500 equal questions are one query; those of the next second are another', async () => {
    const reads = watchReads();
    await Promise.all(Array.from({ length: 500 }, () => ask('/metrics?period=7d')));
    expect(reads()).toBe(1);
    application.clock.time += 599;
    await ask('/metrics?period=7d');
    expect(reads()).toBe(1);
    application.clock.time += 1;
    await ask('/metrics?period=7d');
    expect(reads()).toBe(2);
    await ask('/metrics?period=24h');
    expect(reads()).toBe(3);
  });

  it('a kept answer says of when it is, and the window ends with a whole second', async () => {
    await recordRows(application.store, [click(TEST_TIME), click(TEST_TIME + 1)]);
    const first = (await ask('/metrics?period=1h')).body;
    expect(first).toMatchObject({
      total_clicks: 1,
      window: { from: '2026-01-15T11:00:00.000Z', to: '2026-01-15T12:00:00.000Z' },
      as_of: '2026-01-15T12:00:00.400Z',
    });
    application.clock.time += 300;
    await recordRows(application.store, [click(TEST_TIME)]);
    expect((await ask('/metrics?period=1h')).body).toEqual(first);
    application.clock.time += 300;
    expect((await ask('/metrics?period=1h')).body).toMatchObject({
      total_clicks: 3,
      as_of: '2026-01-15T12:00:01.000Z',
    });
  });

  it.each([
    '/metrics?period=1h&compare=previous',
    '/metrics/timeseries?period=1h&interval=quarter_hour',
    '/metrics/pages?period=1h',
    '/metrics?include=users,amounts,types',
  ])('%s is 304 as long as its figures are the same', async (path) => {
    application.clock.time += 60_000; // where no bucket begins: the next would be a figure more
    await recordRows(application.store, [click(TEST_TIME - 60_000)]);
    const { status, headers } = await ask(path);
    const tag = headers.get('etag') ?? '';
    expect([status, tag, headers.get('cache-control')]).toEqual([
      200,
      expect.stringMatching(/^W\/"[\w-]+"$/),
      'max-age=1, must-revalidate',
    ]);
    // The window slides, the figures stay.
    application.clock.time += 61_000;
    const again = await ask(path, { 'if-none-match': `"other", ${tag}` });
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, null, tag]);
    await recordRows(application.store, [click(TEST_TIME + 1000)]);
    application.clock.time += 61_000;
    const changed = await ask(path, { 'if-none-match': tag });
    expect([changed.status, changed.headers.get('etag') === tag]).toEqual([200, false]);
  });

  it('what costs more is kept longer, and says so', async () => {
    const read = application.database.read.bind(application.database);
    jest.spyOn(application.database, 'read').mockImplementation(async (statement) => {
      if (statement.text.includes('group by user_id')) await new Promise((resolve) => setTimeout(resolve, 400));
      return read(statement);
    });
    const users = async () => (await ask('/metrics?period=1h&include=users')).body.users;
    const first = await users();
    application.clock.time += 3000;
    await recordRows(application.store, [click(TEST_TIME)]);
    expect(await users()).toEqual(first);
    expect(first).toMatchObject({
      any: 0,
      as_of: '2026-01-15T12:00:00.400Z',
      window: { to: '2026-01-15T12:00:00.000Z' },
    });
    application.clock.time += 60_000;
    expect(await users()).toMatchObject({ any: 1 });
  });

  it('an error is nobody else’s answer', async () => {
    jest
      .spyOn(application.database, 'read')
      .mockRejectedValueOnce(Object.assign(new Error('terminated'), { code: '57P01' }));
    expect((await ask('/metrics?period=1h')).status).toBe(503);
    expect((await ask('/metrics?period=1h')).status).toBe(200);
  });

  it('with the cache off every answer is of its own millisecond', async () => {
    const exact = await startApplication(testDatabase.url, { METRICS_CACHE_MS: 0 }, TEST_TIME + 401);
    try {
      await exact.database.connect();
      const response = await fetch(`${exact.url}/metrics?period=1h`);
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(await response.json()).toMatchObject({ window: { to: '2026-01-15T12:00:00.401Z' } });
    } finally {
      await exact.close();
    }
  });
});
