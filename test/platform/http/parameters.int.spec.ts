import { recordRows } from '../../support/record-rows.js';
import { TEST_TIME, testUuid } from '../../support/events.js';
import { useService } from '../../support/used-service.js';

const LONGEST_PAGE = `/${'語'.repeat(2047)}`;
const LONGEST_USER = '한'.repeat(255);

describe('parameters', () => {
  const application = useService();

  beforeAll(async () => {
    await recordRows(
      application.store,
      [1, 2, 3].map((n) => ({
        event_type: 'click',
        event_id: testUuid(n),
        timestamp: TEST_TIME - n,
        user_id: LONGEST_USER,
        session_id: LONGEST_USER,
        page_url: LONGEST_PAGE,
      })),
    );
  });

  const ask = async (path: string) => {
    const response = await fetch(application.url + path);
    const { code, errors } = (await response.json()) as {
      code?: string;
      errors?: { field: string; message: string }[];
    };
    return { status: response.status, code, errors: errors?.map(({ field, message }) => `${field} ${message}`) };
  };

  it.each<[string, string, string]>([
    ['/events?user_id[]=x', 'user_id[]', 'user_id'],
    ['/events?user_id%5B%5D=x', 'user_id[]', 'user_id'],
    ['/events?user_id[0]=x', 'user_id[0]', 'user_id'],
    ['/events?user_id[$ne]=x', 'user_id[$ne]', 'user_id'],
    ['/events?user_id[=x', 'user_id[', 'user_id'],
    ['/events?user_id.eq=x', 'user_id.eq', 'user_id'],
    ['/events?USER_ID=x', 'USER_ID', 'user_id'],
    ['/events?%20user_id=x', ' user_id', 'user_id'],
    ['/events?user_id+=x', 'user_id ', 'user_id'],
    ['/events?page_url=/a&Limit[]=3', 'Limit[]', 'limit'],
    ['/events/order-1?event_type[]=click', 'event_type[]', 'event_type'],
    ['/metrics?period[]=1h', 'period[]', 'period'],
    ['/metrics?include[]=users', 'include[]', 'include'],
    ['/metrics/timeseries?Interval=day', 'Interval', 'interval'],
    ['/metrics/pages?from[gt]=2026-01-01T00:00:00Z', 'from[gt]', 'from'],
    ['/api/heatmap/summary?page_url=/a&device[]=phone', 'device[]', 'device'],
    ['/api/heatmap/pages?LIMIT=1', 'LIMIT', 'limit'],
    ['/dead-letters?state[]=open', 'state[]', 'state'],
  ])('%s is refused: it would be ignored, and the answer taken for a filtered one', async (path, sent, meant) => {
    expect(await ask(path)).toEqual({
      status: 400,
      code: 'invalid_request',
      errors: [`${sent} is no parameter: write it as ${meant}=…`],
    });
  });

  it.each([
    '/events?user=x&colour[]=red&utm.source=mail&_=1&x.user_id=1&[user_id]=1&__proto__[a]=1',
    '/metrics?limit[]=5&Cursor=x',
    '/health?period[]=1h',
  ])('%s: what is no parameter of the route stays ignored', async (path) => {
    expect((await ask(path)).status).toBe(200);
  });

  it.each([
    ['/events?user_id=a&user_id=b', 'user_id'],
    ['/events?user_id=a&user_id=a', 'user_id'],
    ['/events?limit=1&limit=2', 'limit'],
    ['/events?event_type=click&event_type=sale', 'event_type'],
    ['/events?cursor=a&cursor=b', 'cursor'],
    ['/events/order-1?event_type=click&event_type=click', 'event_type'],
    ['/metrics?period=1h&period=1h', 'period'],
    ['/metrics?from=2026-01-01T00:00:00Z&from=2026-01-02T00:00:00Z', 'from'],
    ['/metrics/timeseries?tz=UTC&tz=UTC', 'tz'],
    ['/metrics/pages?limit=1&limit=1', 'limit'],
    ['/api/heatmap/summary?page_url=/a&page_url=/b', 'page_url'],
    ['/api/heatmap/summary?page_url=/a&rows=20&rows=20', 'rows'],
    ['/dead-letters?topic=a&topic=b', 'topic'],
  ])('%s is refused: one of the two would be left out', async (path, field) => {
    const { status, code, errors } = await ask(path);
    expect([status, code, errors?.map((error) => error.split(' ')[0])]).toEqual([400, 'invalid_request', [field]]);
  });

  it.each([
    '/events',
    '/metrics',
    '/metrics/timeseries',
    '/metrics/pages',
    '/dead-letters',
    '/api/heatmap/summary?page_url=/a',
    '/api/heatmap/pages',
  ])('%s refuses seconds with a hint', async (path) => {
    for (const seconds of ['1763800000', '1763800000.5', '0']) {
      for (const side of ['from', 'to']) {
        const { status, code, errors } = await ask(`${path}${path.includes('?') ? '&' : '?'}${side}=${seconds}`);
        expect([status, code]).toEqual([400, 'invalid_time_range']);
        expect(errors).toEqual([expect.stringMatching(new RegExp(`^${side} .*milliseconds.*seconds`)) as string]);
      }
    }
  });

  it('the longest page_url, user_id and session_id that can be recorded can be asked for, all three at once', async () => {
    const filters = new URLSearchParams({ page_url: LONGEST_PAGE, user_id: LONGEST_USER, session_id: LONGEST_USER });
    const events: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      if (cursor) filters.set('cursor', cursor);
      const response = await fetch(`${application.url}/events?limit=2&${filters.toString()}`);
      expect(response.status).toBe(200);
      // Node's fetch takes no 23 kB of headers: the cursor of the body is all there is.
      expect(response.headers.get('link')).toBeNull();
      const page = (await response.json()) as { events: { page_url: string }[]; next_cursor: string | null };
      events.push(...page.events.map(({ page_url }) => page_url));
      cursor = page.next_cursor;
    }
    expect(events).toEqual(Array(3).fill(LONGEST_PAGE));
    expect((await ask(`/metrics?${filters.toString()}`)).status).toBe(200);
  });
});
