import { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import { HeldAnswers, MAX_HELD_BYTES } from '../../src/platform/http/answers/held-answers.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useServiceForEach } from '../support/used-service.js';
import { eventually } from '../support/waiting.js';

/** The most bytes of JSON that a page has, unless one event is larger, and a little more for names and brackets. */
const PAGE_BYTES = 4_100_000;
const MINUTE = 60_000;

interface Page {
  readonly events: readonly { readonly event_id: string; readonly properties: Record<string, unknown> }[];
  readonly next_cursor: string | null;
  readonly truncated_by: string | null;
}

/** Texts of one size that shrink in storage, that do not, that grow as JSON, and values that are long as text only. */
const noise = (bytes: number, seed: number) => {
  let state = seed + 1;
  let text = '';
  while (text.length < bytes) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += state.toString(36);
  }
  return text.slice(0, bytes);
};

describe('pages of large events', () => {
  // A machine with other work unpacks 100 MB in more than the usual five seconds.
  const application = useServiceForEach({ READ_TIMEOUT_MS: 60_000 });

  const large = (count: number, properties: (n: number) => Record<string, unknown>, week = 0): Row[] =>
    Array.from({ length: count }, (_, n) => ({
      event_type: 'click',
      event_id: testUuid(week * 10_000 + n),
      timestamp: TEST_TIME - week * 7 * 1440 * MINUTE - n * MINUTE,
      ...properties(n),
    }));
  const get = async (query: string) => {
    const response = await fetch(`${application.url}/events?${query}`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
    return { bytes: Buffer.byteLength(text), page: JSON.parse(text) as Page };
  };
  const walk = async (query: string) => {
    const pages: Awaited<ReturnType<typeof get>>[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      pages.push(await get(`${query}${cursor && `&cursor=${cursor}`}`));
      cursor = pages.at(-1)!.page.next_cursor;
    }
    return pages;
  };
  const idsOf = (rows: readonly Row[]) => rows.map(({ event_id }) => event_id).sort();

  it.each([
    ['texts that shrink in storage', () => ({ note: 'x'.repeat(60_000) })],
    ['texts that do not', (n: number) => ({ note: noise(60_000, n) })],
    ['escapes', () => ({ note: '\u0001"\\'.repeat(6_000) })],
    ['many small values', (n: number) => ({ list: Array.from({ length: 9_000 }, (_, i) => (i + n) % 10) })],
    ['characters of four bytes', () => ({ note: '\u{1f600}'.repeat(15_000) })],
  ] as const)(
    '%s: a page ends by its bytes, and the walk shows every event once',
    async (_, properties) => {
      const rows = [...large(150, properties), ...large(60, properties, 1), ...large(60, properties, 3)];
      await recordRows(application.store, rows);
      for (const order of ['desc', 'asc']) {
        const pages = await walk(`limit=1000&order=${order}`);
        expect(pages.length).toBeGreaterThan(1);
        for (const { bytes } of pages) expect(bytes).toBeLessThan(PAGE_BYTES);
        expect(pages.map(({ page }) => page.truncated_by)).toEqual([...pages.slice(1).map(() => 'bytes'), null]);
        expect(pages.flatMap(({ page }) => page.events.map(({ event_id }) => event_id)).sort()).toEqual(idsOf(rows));
        expect(Object.keys(pages[0]!.page.events[0]!.properties)).toEqual(Object.keys(properties(0)));
      }
      // A limit that fits is a limit, and says nothing of bytes.
      expect((await get('limit=5')).page).toMatchObject({
        truncated_by: null,
        next_cursor: expect.any(String) as string,
      });
    },
    60_000,
  );

  it('one event above the bound is a page of its own, wherever it stands', async () => {
    const rows = [...large(5, () => ({ note: 'small' })), ...large(5, () => ({ note: 'small' }), 2)];
    await recordRows(application.store, rows);
    const sql = application.database.writers();
    // As an older version could store it: 5 MB in one row.
    for (const n of [0, 2, 4, 20_000]) {
      await sql.query(
        `update events set properties = jsonb_build_object('note', repeat('x', 5000000)) where event_id = $1`,
        [testUuid(n)],
      );
    }
    for (const order of ['desc', 'asc']) {
      const pages = await walk(`limit=1000&order=${order}`);
      for (const { page } of pages) {
        if (page.events.some(({ properties }) => String(properties.note).length > 5))
          expect(page.events).toHaveLength(1);
      }
      expect(pages.flatMap(({ page }) => page.events.map(({ event_id }) => event_id)).sort()).toEqual(idsOf(rows));
    }
  }, 60_000);

  it('so is an export: whole, and no statement brings more than a page of it', async () => {
    const rows = large(120, (n) => ({ note: noise(60_000, n) }));
    await recordRows(application.store, rows);
    const read = application.database.read.bind(application.database);
    const largest: number[] = [];
    jest.spyOn(application.database, 'read').mockImplementation(async (...asked) => {
      const found = await read(...asked);
      largest.push(Buffer.byteLength(JSON.stringify(found)));
      return found;
    });
    for (const accept of ['application/x-ndjson', 'text/csv']) {
      const text = await (await fetch(`${application.url}/events`, { headers: { accept } })).text();
      for (const { event_id } of rows) expect(text).toContain(event_id);
    }
    jest.restoreAllMocks();
    expect(Math.max(...largest)).toBeLessThan(1_200_000);
  }, 60_000);

  describe('for clients that do not read', () => {
    const sockets: Socket[] = [];
    afterEach(() => {
      for (const socket of sockets.splice(0)) socket.destroy();
    });
    /** Asks and takes nothing; the sockets on the way hold some megabytes, so it asks more than once. */
    const askAndDoNotRead = (path: string, times: number, headers = '') => {
      const { hostname, port } = new URL(application.url);
      const socket = connect(Number(port), hostname).pause();
      socket.on('error', () => undefined);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n${headers}\r\n`.repeat(times));
      sockets.push(socket);
      return socket;
    };

    /** Room that is taken by a client that always takes a little. */
    const takeRoom = (bytes: number) => {
      const req = { socket: new EventEmitter() };
      const raw = Object.assign(new EventEmitter(), { req });
      const held = application.app.get(HeldAnswers).hold(bytes, { raw, request: { raw: req } } as never);
      const busy = setInterval(() => held.taken(), 100);
      return () => {
        clearInterval(busy);
        raw.emit('close');
      };
    };

    it('their answers together are bounded', async () => {
      await recordRows(
        application.store,
        large(120, () => ({ note: 'x'.repeat(60_000) })),
      );
      const held = application.app.get(HeldAnswers);
      for (let n = 0; n < 30; n++) askAndDoNotRead('/events?limit=1000', 4);
      let most = 0;
      await eventually(() => (most = Math.max(most, held.bytes)) > MAX_HELD_BYTES / 2, {
        within: 60_000,
        what: 'half of the room is taken',
      });
      for (const path of ['/health', '/metrics', '/events?limit=1']) {
        expect((await fetch(application.url + path)).status).toBe(200);
        most = Math.max(most, held.bytes);
      }
      expect(most).toBeLessThanOrEqual(MAX_HELD_BYTES);
      for (const socket of sockets) socket.destroy();
      await eventually(() => held.bytes === 0, { within: 30_000, what: 'everything has been let go' });
    }, 120_000);

    it('where there is no room a large answer is 503, a small one never', async () => {
      await recordRows(
        application.store,
        large(5, () => ({ note: 'x'.repeat(60_000) })),
      );
      const large503 = ['/events?limit=5', '/events?limit=2&order=asc', `/events?user_id=u`];
      const leave = takeRoom(MAX_HELD_BYTES);
      for (const path of large503) {
        const refused = await fetch(application.url + path);
        expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('content-type')]).toEqual([
          503,
          '2',
          'application/problem+json; charset=utf-8',
        ]);
        expect([refused.headers.get('link'), await refused.json()]).toEqual([
          null,
          expect.objectContaining({ code: 'overloaded', request_id: refused.headers.get('x-request-id') }),
        ]);
      }
      const streamed = await fetch(`${application.url}/events`, { headers: { accept: 'application/x-ndjson' } });
      expect([streamed.status, await streamed.json()]).toEqual([503, expect.objectContaining({ code: 'overloaded' })]);
      for (const path of ['/health', '/metrics', '/metrics/timeseries', '/events?limit=1', `/events/${testUuid(1)}`]) {
        expect((await fetch(application.url + path)).status).toBe(200);
      }
      leave();
      for (const path of large503) expect((await fetch(application.url + path)).status).toBe(200);
      expect((await fetch(`${application.url}/events`, { headers: { accept: 'text/csv' } })).status).toBe(200);
    }, 60_000);

    it('exports count as what they hold', async () => {
      await recordRows(
        application.store,
        large(120, () => ({ note: 'x'.repeat(60_000) })),
      );
      const held = application.app.get(HeldAnswers);
      const leave = takeRoom(MAX_HELD_BYTES - 5_000_000);
      for (let n = 0; n < 3; n++) askAndDoNotRead('/events', 1, 'Accept: text/csv\r\n');
      await eventually(() => held.bytes === MAX_HELD_BYTES - 1_000_000, {
        within: 30_000,
        what: 'two of three have room',
      });
      for (const socket of sockets) socket.destroy();
      leave();
      await eventually(() => held.bytes === 0, { within: 30_000, what: 'everything has been let go' });
    }, 90_000);
  });
});
