import { request } from 'node:http';
import { TEST_TIME } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useServiceForEach } from '../support/used-service.js';
import { eventually } from '../support/waiting.js';

const HOUR = 3_600_000;
const NDJSON = 'application/x-ndjson';

describe('GET /events as a stream', () => {
  const application = useServiceForEach();

  const rows = (count: number, first = 0): Row[] =>
    Array.from({ length: count }, (_, n) => ({
      event_type: (first + n) % 3 === 0 ? 'sale' : 'click',
      event_id: `event-${first + n}`,
      timestamp: TEST_TIME - (first + n) * 60_000,
      user_id: `user-${n % 2}`,
      ...((first + n) % 3 === 0 ? { amount: '19.9', currency: 'EUR' } : {}),
    }));
  const get = (query: string, accept: string) => fetch(`${application.url}/events?${query}`, { headers: { accept } });
  const exported = async (query: string) => {
    const response = await get(query, NDJSON);
    if (response.status !== 200) throw new Error(await response.text());
    const lines = (await response.text()).split('\n');
    expect(lines.pop()).toBe('');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const walked = async (query: string) => {
    const events: Record<string, unknown>[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const response = await get(`${query}&limit=1000${cursor && `&cursor=${cursor}`}`, 'application/json');
      const page = (await response.json()) as { events: Record<string, unknown>[]; next_cursor: string | null };
      events.push(...page.events);
      cursor = page.next_cursor;
    }
    return events;
  };
  /** Calls `then` once, after the n-th read of a page. */
  const afterPage = (n: number, then: () => Promise<void>) => {
    const { database } = application;
    const read = database.read.bind(database);
    let pages = 0;
    const spy = jest.spyOn(database, 'read').mockImplementation(async (statement, signal) => {
      const result = await read(statement, signal);
      pages += 1;
      if (pages === n) await then();
      return result;
    });
    return spy;
  };

  it('NDJSON and CSV hold what a walk over the pages of JSON holds, in both orders, with the same filters', async () => {
    await recordRows(application.store, rows(4_500));
    for (const query of ['', 'order=asc', 'event_type=sale&order=asc', 'user_id=user-1', `from=${TEST_TIME - HOUR}`]) {
      const events = await walked(query);
      expect([query, (await exported(query)).length > 10]).toEqual([query, true]);
      expect(await exported(query)).toEqual(events);
      const csv = await get(query, 'text/csv');
      expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
      expect(csv.headers.get('content-disposition')).toBe('attachment; filename="events.csv"');
      const [header, ...lines] = (await csv.text()).trimEnd().split('\r\n');
      expect(header?.split(',')).toEqual(Object.keys(events[0] ?? {}));
      expect(lines.map((line) => line.split(',')[0])).toEqual(events.map(({ event_id }) => event_id));
    }
  });

  it('CSV begins with a byte order mark when asked to, and nothing else does', async () => {
    await recordRows(application.store, [{ ...rows(1)[0]!, user_id: 'ñ' }]);
    const bytes = async (query: string, accept: string) => Buffer.from(await (await get(query, accept)).arrayBuffer());
    const mark = Buffer.from([0xef, 0xbb, 0xbf]);
    const plain = await bytes('', 'text/csv');
    expect(plain.subarray(0, 8).toString()).toBe('event_id');
    expect(await bytes('bom=true', 'text/csv')).toEqual(Buffer.concat([mark, plain]));
    expect(await bytes('bom=true&user_id=nobody', 'text/csv')).toEqual(
      Buffer.concat([mark, plain.subarray(0, plain.indexOf('\n') + 1)]),
    );
    expect(await bytes('bom=false', 'text/csv')).toEqual(plain);
    expect((await bytes('bom=true', NDJSON))[0]).toBe('{'.charCodeAt(0));
    expect((await bytes('bom=true', 'application/json'))[0]).toBe('{'.charCodeAt(0));
    expect((await get('bom=yes', 'text/csv')).status).toBe(400);
  });

  it('stops at limit, goes on from a cursor, and is empty when nothing matches', async () => {
    await recordRows(application.store, rows(30));
    expect((await exported('limit=7')).length).toBe(7);
    const page = (await (await get('limit=20', '*/*')).json()) as { next_cursor: string };
    expect((await exported(`cursor=${page.next_cursor}`)).length).toBe(10);
    expect(await exported('user_id=nobody')).toEqual([]);
    expect((await get('', NDJSON)).headers.get('vary')).toContain('Accept');
  });

  it('shows every event committed before it began exactly once, whatever arrives meanwhile; oldest first it ends', async () => {
    const before = rows(5_000);
    await recordRows(application.store, before);
    for (const query of ['', 'order=asc']) {
      const late = rows(10, 10_000 + query.length * 10).map((row) => ({ ...row, timestamp: TEST_TIME - 30_500 }));
      const newer = rows(10, 20_000 + query.length * 10).map((row) => ({
        ...row,
        timestamp: TEST_TIME + HOUR * (1 + query.length),
      }));
      const spy = afterPage(2, () => recordRows(application.store, [...late, ...newer]));
      const ids = (await exported(query)).map(({ event_id }) => event_id);
      spy.mockRestore();
      const distinct = new Set(ids);
      expect(distinct.size).toBe(ids.length);
      expect(before.filter(({ event_id }) => !distinct.has(event_id))).toEqual([]);
      if (query) expect(distinct.has(newer[0]?.event_id)).toBe(false);
    }
  });

  it('a wrong request is an answer, not half a file', async () => {
    for (const query of ['limit=0', 'limit=1001', 'order=up', 'cursor=x', 'from=yesterday']) {
      const response = await get(query, 'text/csv');
      expect([query, response.status, response.headers.get('content-type')]).toEqual([
        query,
        400,
        'application/problem+json; charset=utf-8',
      ]);
    }
  });

  it('an error half-way breaks the connection', async () => {
    await recordRows(application.store, rows(5_000));
    afterPage(2, () => Promise.reject(new Error('the database went away')));
    const response = await get('', NDJSON);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('reads no page ahead of a client that does not take the one before', async () => {
    const note = 'x'.repeat(1000);
    await recordRows(
      application.store,
      rows(12_000).map((row) => ({ ...row, note })),
    );
    const spy = jest.spyOn(application.database, 'read');
    const stalled = request(`${application.url}/events`, { headers: { accept: NDJSON } });
    const response = await new Promise<import('node:http').IncomingMessage>((resolve) =>
      stalled.once('response', resolve).end(),
    );
    response.pause();
    // As long as pages come the count rises; it has come to rest when it was equal for half a second.
    let last = -1;
    await eventually(
      async () => {
        const before = spy.mock.calls.length;
        await new Promise((resolve) => setTimeout(resolve, 500));
        last = spy.mock.calls.length;
        return before > 0 && last === before;
      },
      { within: 10_000, what: 'the export waits for its client' },
    );
    expect(last).toBeLessThan(16); // of 24 pages; the sockets on the way hold some megabytes
    stalled.destroy();
  });

  it('HEAD reads next to nothing', async () => {
    await recordRows(application.store, rows(3_000));
    const spy = jest.spyOn(application.database, 'read');
    const response = await fetch(`${application.url}/events`, { method: 'HEAD', headers: { accept: 'text/csv' } });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
    ]);
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it('a cursor of the other order is refused with what to do', async () => {
    await recordRows(application.store, rows(30));
    const { next_cursor } = (await (await get('order=asc', '*/*')).json()) as { next_cursor: string };
    const response = await get(`cursor=${next_cursor}`, '*/*');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid_cursor',
      errors: [{ field: 'cursor', message: expect.stringContaining('order=asc') as string }],
    });
    expect((await get(`order=asc&cursor=${next_cursor}`, '*/*')).status).toBe(200);
  });
});
