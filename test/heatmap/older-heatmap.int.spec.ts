import { Client } from 'pg';
import { startApplication, type TestApplication } from '../support/application.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';

const DAY = 86_400_000;
const TOKEN = 'as-it-always-was';

type Json = Record<string, unknown>;

describe('the paths of the older heat map', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let sql: Client;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url);
    await application.database.connect();
    sql = new Client({ connectionString: testDatabase.url });
    await sql.connect();
  });
  afterEach(async () => {
    await sql.end();
    await application.close();
    await testDatabase.drop();
  });

  const ask = async (path: string, options: RequestInit = {}) => {
    const response = await fetch(application.url + path, options);
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: (await response.json()) as Json,
    };
  };
  const post = (body: unknown, type = 'application/json') =>
    ask('/api/heatmap/click.php', {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const stored = async () => (await sql.query<Json>('select * from events order by occurred_at, event_id')).rows;

  describe('click.php', () => {
    it.each(['application/json', 'text/plain'])('takes the older names (%s)', async (type) => {
      const older = { page: '/a', x: 0.5, y: 0.25, viewportW: 1440, viewportH: 900, scrollY: 350, scrollHeight: 5200 };
      const { status, body } = await post(older, type);
      expect([status, body]).toEqual([200, { status: 'ok', event_id: expect.any(String) as string }]);
      expect(await stored()).toMatchObject([
        {
          event_type: 'click',
          page_url: '/a',
          x: 0.5,
          y: 0.25,
          viewport_width: 1440,
          viewport_height: 900,
          scroll_y: 350,
          document_height: 5200,
          properties: null,
        },
      ]);
    });

    it("takes today's names, and they win over the older ones, which then stay as they are", async () => {
      await post({
        page_url: '/a',
        page: '/b',
        x: 0.5,
        y: 0.25,
        viewport_width: 800,
        viewportW: 1,
        event_id: testUuid(1),
      });
      await post({ url: '/c', page: '/d', x: 0.5, y: 0.25, event_id: testUuid(2) });
      await post({ page_url: '/e', x: 0.5, y: 0.25, event_id: testUuid(3) });
      expect(await stored()).toMatchObject([
        { page_url: '/a', viewport_width: 800, properties: { page: '/b', viewportW: 1 } },
        { page_url: '/c', properties: { page: '/d' } },
        { page_url: '/e', properties: null },
      ]);
    });

    it('the same id again is the same click', async () => {
      const click = { page: '/a', x: 0.5, y: 0.25, event_id: testUuid(1) };
      expect((await post(click)).body).toEqual({ status: 'ok', event_id: testUuid(1) });
      expect((await post(click)).body).toEqual({ status: 'ok', event_id: testUuid(1) });
      expect(await post({ ...click, x: 0.6 })).toMatchObject({ status: 409, body: { status: 'error' } });
      expect(await stored()).toHaveLength(1);
    });

    it.each<[string, unknown, number]>([
      ['no JSON', '{"page":', 400],
      ['nothing', '', 400],
      ['no object', '[1]', 400],
      ['a place outside', { page: '/a', x: 2, y: 0.5 }, 400],
      ['half a place', { page: '/a', x: 0.5 }, 400],
      ['a sale', { event_type: 'sale', page: '/a', user_id: 'u', amount: '1' }, 400],
      ['a body that is too large', { page: '/a', x: 0.5, y: 0.5, more: 'x'.repeat(300_000) }, 413],
    ])('%s: an error in the older shape', async (_, body, status) => {
      const answer = await post(body);
      expect(answer).toEqual({
        status,
        type: 'application/json; charset=utf-8',
        body: { status: 'error', message: expect.any(String) as string },
      });
      expect(await stored()).toEqual([]);
    });

    it('a body of another kind', async () => {
      expect(await post('page=%2Fa', 'application/x-www-form-urlencoded')).toMatchObject({
        status: 415,
        body: { status: 'error', message: expect.any(String) as string },
      });
    });
  });

  describe('summary.php and pages.php', () => {
    const at = { x: 0.45, y: 0.3 };
    const rows: readonly Row[] = [
      { event_type: 'click', event_id: testUuid(1), timestamp: TEST_TIME - 300 * DAY, url: '/a', ...at },
      {
        event_type: 'click',
        event_id: testUuid(2),
        timestamp: TEST_TIME,
        url: '/a',
        ...at,
        target: { selector: '#m', fixed: true },
      },
      { event_type: 'click', event_id: testUuid(3), timestamp: TEST_TIME, url: '/b', x: 1, y: 1 },
      {
        event_type: 'click',
        event_id: testUuid(4),
        timestamp: TEST_TIME,
        url: '/v',
        interaction: 'view',
        view_id: 'v',
      },
      { event_type: 'click', event_id: testUuid(5), timestamp: TEST_TIME, url: '/a', ...at, reaction: 'hate' },
    ];
    const filled = (answer: Json) =>
      (answer.grid as number[][]).flatMap((line, row) =>
        line.flatMap((clicks, column) => (clicks ? [[row, column, clicks]] : [])),
      );

    it.each(['page', 'page_url'])('all that is kept of the page of ?%s=, in one layer', async (name) => {
      await recordRows(application.store, rows);
      const { status, body } = await ask(`/api/heatmap/summary.php?${name}=/a`);
      expect([status, Object.keys(body)]).toEqual([200, ['status', 'rows', 'cols', 'grid', 'totalClicks', 'pages']]);
      expect(body).toMatchObject({ status: 'ok', rows: 20, cols: 20, totalClicks: 2, pages: ['/a'] });
      expect(filled(body)).toEqual([[6, 9, 2]]);
    });

    it('of all pages without one; pages by clicks, without those that were only viewed', async () => {
      await recordRows(application.store, rows);
      const { body } = await ask('/api/heatmap/summary.php');
      expect(body).toMatchObject({ totalClicks: 3, pages: ['/a', '/b'] });
      expect(filled(body)).toEqual([
        [6, 9, 2],
        [19, 19, 1],
      ]);
      expect((await ask('/api/heatmap/pages.php')).body).toEqual({ status: 'ok', pages: ['/a', '/b'] });
    });

    it('of a page without clicks, and of none', async () => {
      expect((await ask('/api/heatmap/summary.php?page=/nowhere')).body).toMatchObject({
        status: 'ok',
        totalClicks: 0,
        pages: [],
      });
      expect((await ask('/api/heatmap/pages.php')).body).toEqual({ status: 'ok', pages: [] });
    });

    it.each(['/api/heatmap/summary.php?page=', '/api/heatmap/summary.php?page=/a&page=/b'])(
      '%s: an error in the older shape',
      async (path) => {
        expect(await ask(path)).toMatchObject({
          status: 400,
          body: { status: 'error', message: expect.stringContaining('page') as string },
        });
      },
    );
  });

  it('without the key that is asked for, an error in the older shape', async () => {
    await application.close();
    application = await startApplication(testDatabase.url, { API_TOKEN: TOKEN, READS: 'key', PUBLIC_WRITES: 'key' });
    await application.database.connect();
    const asked = await Promise.all([
      ask('/api/heatmap/summary.php'),
      ask('/api/heatmap/pages.php'),
      post({ page: '/a', x: 0, y: 0 }),
    ]);
    for (const { status, body } of asked) {
      expect([status, body]).toEqual([401, { status: 'error', message: expect.any(String) as string }]);
    }
    const headers = { 'x-api-token': TOKEN };
    expect((await ask('/api/heatmap/pages.php', { headers })).status).toBe(200);
  });
});
