import { TEST_TIME, testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';

interface Page {
  readonly events: readonly { readonly event_id: string; readonly properties: { readonly n: readonly number[] } }[];
  readonly next_cursor: string | null;
  readonly truncated_by: string | null;
}

const NUMBERS = [1e308, -1.25e-300, 1.7976931348623157e308, 0.1];
const EVENTS = 30;
/** Each event has 60 kB as it was sent, and 2 MB as PostgreSQL writes it. */
const REPEATED = 2_500;

/** PostgreSQL writes numbers of `jsonb` without exponents. Older versions took any number of them. */
describe('numbers that PostgreSQL writes out', () => {
  // A machine with other work takes its time to write 60 MB of digits.
  const service = useService({ READ_TIMEOUT_MS: 60_000 });

  beforeAll(async () => {
    const rows = Array.from({ length: EVENTS }, (_, n): Row => ({
      event_type: 'click',
      event_id: testUuid(n),
      timestamp: TEST_TIME - n * 1000,
      n: NUMBERS,
    }));
    await recordRows(service.store, rows);
    await service.sql.query(
      `update events set properties = jsonb_build_object('n', (
         select jsonb_agg(value) from jsonb_array_elements(properties -> 'n'), generate_series(1, ${REPEATED})))
       where event_id <> $1`,
      [testUuid(0)],
    );
  }, 120_000);
  afterEach(() => jest.restoreAllMocks());

  const get = async (query: string) => {
    const response = await fetch(`${service.url}/events?${query}`);
    const text = await response.text();
    expect([query, response.status]).toEqual([query, 200]);
    return { bytes: text.length, ...(JSON.parse(text) as Page) };
  };
  const walk = async (query: string) => {
    const pages: Awaited<ReturnType<typeof get>>[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      pages.push(await get(`${query}${cursor && `&cursor=${cursor}`}`));
      cursor = pages.at(-1)!.next_cursor;
    }
    return pages;
  };
  const ids = Array.from({ length: EVENTS }, (_, n) => testUuid(n));
  const expectEachOnce = (pages: readonly Page[]) => {
    const events = pages.flatMap((page) => page.events);
    expect(events.map(({ event_id }) => event_id)).toEqual(ids);
    for (const { properties } of events) {
      expect(new Set(properties.n)).toEqual(new Set(NUMBERS));
      expect([1, REPEATED]).toContain(properties.n.length / NUMBERS.length);
    }
  };

  it('are answered as they were sent, digit by digit, and take about as much', async () => {
    const { events, bytes } = await get(`limit=1`);
    expect(events[0]?.properties).toEqual({ n: NUMBERS });
    expect(bytes).toBeLessThan(1_000);
  });

  it('by the thousand in older events: pages end early, and the walk shows every event once', async () => {
    const pages = await walk('limit=1000');
    expectEachOnce(pages);
    expect(Math.max(...pages.map(({ events }) => events.length))).toBeLessThan(5);
    for (const { bytes, events } of pages) expect(bytes).toBeLessThan(1_000 + events.length * REPEATED * 70);
    expect(pages.slice(0, -1).every(({ truncated_by }) => truncated_by === 'bytes')).toBe(true);
  }, 120_000);

  it.each(['limit=1000', 'limit=1000&event_type=click', 'limit=1000&user_id=u', 'limit=17'])(
    '%s: a page that would take longer than a read may ends after fewer events',
    async (query) => {
      const read = service.database.read.bind(service.database);
      let cancelled = 0;
      jest.spyOn(service.database, 'read').mockImplementation((statement, ...rest) => {
        const limit: unknown = statement.values?.at(-1);
        if (typeof limit === 'number' && limit > 4) {
          cancelled += 1;
          return Promise.reject(Object.assign(new Error('canceling statement'), { code: '57014' }));
        }
        return read(statement, ...rest);
      });
      expectEachOnce(await walk(query));
      expect(cancelled).toBeGreaterThan(1);
    },
    120_000,
  );

  it('what takes too long by no index is not asked again', async () => {
    let asked = 0;
    jest.spyOn(service.database, 'read').mockImplementation(() => {
      asked += 1;
      return Promise.reject(Object.assign(new Error('canceling statement'), { code: '57014' }));
    });
    expect((await fetch(`${service.url}/events?session_id=s`)).status).toBe(503);
    expect(asked).toBe(1);
    expect((await fetch(`${service.url}/events?limit=1000`)).status).toBe(503);
    expect(asked).toBeLessThan(7);
  });
});
