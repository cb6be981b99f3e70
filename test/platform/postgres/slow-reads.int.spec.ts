import { EVENT_LABEL_SQL } from '../../../src/events/domain/counts/count-label.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { TEST_TIME, testUuid } from '../../support/events.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';
import { recordRows } from '../../support/record-rows.js';
import { eventually } from '../../support/waiting.js';

const PAGE = 'https://a.example/1';
/** Each as slow as it pleases whoever asks: no index leads to the rows. */
const SLOW = [
  '/events?session_id=nobody',
  '/events?label=nothing',
  '/events?user_id=u&session_id=nobody',
  `/events?event_type=sale&page_url=${PAGE}`,
  `/events?user_id=u&page_url=${PAGE}`,
  '/metrics?session_id=nobody',
  '/metrics?include=users',
  '/metrics/timeseries?session_id=nobody',
  '/metrics/pages',
  '/api/heatmap/pages',
  `/api/heatmap/summary?page_url=${PAGE}&events=0&elements=false`,
  '/dead-letters?state=open',
];
const FAST = [
  '/metrics',
  '/metrics?compare=previous&period=7d',
  '/metrics?event_type=sale&label=EUR',
  '/metrics/timeseries?interval=quarter_hour',
  '/health',
  '/events',
  '/events?event_type=sale',
  '/events?user_id=u',
  `/events?page_url=${PAGE}`,
  '/events?order=asc&from=2026-01-15T00:00:00Z',
  `/events/${testUuid(1)}`,
  '/dead-letters',
  '/dead-letters?reason=schema&state=open',
];
/** The words that only the slow ones say. */
const OF_SLOW_ONES =
  /session_id = \$|user_id is not null|page_url is not null|with (?:counted|step|spot|placed) as materialized|where true and state = |event_type = 'sale'\s+and page_key|user_id = \$\d+\s+and page_key/;

describe('questions that no index answers', () => {
  let sleepSeconds: number;
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let reads: jest.SpyInstance;

  beforeEach(async () => {
    sleepSeconds = 100;
    testDatabase = await createTestDatabase();
    // They outlast the test: those that fast ones leave to run are cancelled at its end.
    application = await startApplication(testDatabase.url, { READ_TIMEOUT_MS: 120_000 });
    await application.database.connect();
    await recordRows(application.store, [
      { event_type: 'click', event_id: testUuid(1), timestamp: TEST_TIME, user_id: 'u', url: PAGE },
    ]);
    const read = application.database.read.bind(application.database);
    reads = jest.spyOn(application.database, 'read').mockImplementation((statement, ...rest) => {
      if (OF_SLOW_ONES.test(statement.text) || statement.text.includes(`${EVENT_LABEL_SQL} = `))
        return read({ text: 'select pg_sleep($1)', values: [sleepSeconds] }, ...rest).then(() =>
          read(statement, ...rest),
        );
      return read(statement, ...rest);
    });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await application.close();
    await testDatabase.drop();
  });

  const statusOf = async (path: string, signal?: AbortSignal) => {
    const response = await fetch(application.url + path, signal ? { signal } : {});
    return { path, status: response.status, retry: response.headers.get('retry-after'), text: await response.text() };
  };

  it.each(SLOW)('as many of %s as come leave the others their connections', async (path) => {
    const gone = new AbortController();
    let ended = 0;
    // Two statements each: twelve of them would be more than may wait.
    const many = path.includes('summary') ? 8 : 12;
    const asked = Array.from({ length: many }, () =>
      statusOf(path, gone.signal)
        .then(
          (answer) => answer,
          () => null,
        )
        .finally(() => (ended += 1)),
    );
    await eventually(() => reads.mock.calls.length >= 12, {
      within: 10_000,
      what: 'all of them have come',
    });
    const fast = await Promise.all(FAST.map((one) => statusOf(one)));
    expect(fast).toMatchObject(FAST.map((one) => ({ path: one, status: 200 })));
    // It opens a connection of its own each time, and allows a second for that, which a busy machine may need.
    await eventually(async () => (await statusOf('/health/ready')).status === 200, {
      within: 20_000,
      what: 'it is ready',
    });
    expect(ended).toBe(0);
    gone.abort();
    await Promise.all(asked);
  });

  it('a bounded number of them waits, the others are told when to come again', async () => {
    sleepSeconds = 0.5;
    // One statement each.
    const asked = Array.from({ length: 40 }, (_, n) =>
      statusOf(n % 2 ? '/events?order=asc&label=nothing' : '/metrics?session_id=nobody'),
    );
    const answers = await Promise.all(asked);
    const refused = answers.filter(({ status }) => status === 503);
    // 2 run and 16 wait, perhaps not all at the same moment.
    expect(refused.length).toBeLessThanOrEqual(22);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(40 - refused.length);
    for (const { retry, text } of refused) {
      expect([retry, JSON.parse(text)]).toEqual(['2', expect.objectContaining({ code: 'overloaded', status: 503 })]);
    }
    expect((await statusOf('/events?order=asc&label=nothing')).status).toBe(200);
  }, 30_000);

  it.each<[string, Record<string, string>, string]>([
    ['/events', {}, 'fast'],
    ['/events?limit=1000', {}, 'many'],
    ['/events?user_id=u&limit=129', {}, 'many'],
    ['/events?session_id=s&limit=1000', {}, 'slow'],
    ['/events', { accept: 'text/csv' }, 'many'],
    ['/events?user_id=u', { accept: 'application/x-ndjson' }, 'many'],
  ])('%s %p reads as %s', async (path, headers, pace) => {
    sleepSeconds = 0;
    await (await fetch(application.url + path, { headers })).text();
    const paces = reads.mock.calls.flatMap(([{ text }, , asked]: [{ text: string }, unknown, string?]) =>
      text.includes('from events') ? [asked ?? 'fast'] : [],
    );
    expect([...new Set(paces)]).toEqual([pace]);
  });

  it('many rows are read by one statement at a time, so that new connections are let in between; others do not wait', async () => {
    const { database } = application;
    const sleeping = () =>
      database
        .read<{ count: number }>({
          text: "select count(*)::int from pg_stat_activity where query = 'select pg_sleep(0.4)' and state = 'active'",
        })
        .then(([row]) => row!.count);
    const many = Promise.all(
      Array.from({ length: 3 }, () => database.read({ text: 'select pg_sleep(0.4)' }, undefined, 'many')),
    );
    let most = 0;
    let hasEnded = false;
    void many.then(() => (hasEnded = true));
    while (!hasEnded) most = Math.max(most, await sleeping());
    expect(most).toBe(1);
  });
});
