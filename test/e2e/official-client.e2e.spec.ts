import type { EventType } from '../../src/events/domain/incoming-event.js';
import { testUuid } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import { eventCounters, getJson, type Metrics, PERIODS } from './metrics.js';
import { describeWithOfficialClient, produceOfficially } from './official-client.js';
import { OwnIntake } from './own-intake.js';

/** The oldest of 1,000 events 2 s apart: all lie in the last hour, for another 20 minutes. */
const OLDEST_MS = 40 * 60_000;
const ALL = 1_150;
const DRAINED_MS = 30_000;

interface Page {
  readonly events: readonly { event_id: string; event_type: EventType; user_id: string; occurred_at: string }[];
  readonly next_cursor: string | null;
}

describeWithOfficialClient('what the official Python client publishes', () => {
  const firstAt = Date.now() - OLDEST_MS;
  let database: TestDatabase;
  let intake: OwnIntake;
  let service: RunningService;

  beforeAll(async () => {
    database = await createTestDatabase();
    intake = await OwnIntake.create(database.url);
    service = await startService({ env: intake.env() });
    await produceOfficially(intake, firstAt);
    await intake.recordedExactly(ALL, DRAINED_MS);
  }, 90_000);

  afterAll(async () => {
    service.kill('SIGKILL');
    await intake.close();
    await database.drop();
  });

  const expectFigures = async () => {
    for (const period of PERIODS) {
      expect(await getJson<Metrics>(`${service.url}/metrics?period=${period}`)).toMatchObject({
        total_clicks: 1000,
        total_conversions: 100,
        total_sales: 50,
        conversion_rate: 10.0,
      });
    }
  };

  test('1,000 clicks, 100 conversions, 50 sales: /metrics says so for every period', expectFigures);

  test('/events?user_id= answers that user, newest first', async () => {
    const { events, next_cursor } = await getJson<Page>(`${service.url}/events?user_id=user-3&limit=1000`);
    expect(next_cursor).toBeNull();
    expect(events).toHaveLength(50); // every 20th click; conversions and sales are those of users 0 and 10
    expect(new Set(events.map(({ user_id }) => user_id))).toEqual(new Set(['user-3']));
    const newestFirst = Array.from({ length: 50 }, (_, index) => 983 - 20 * index).map((n) => testUuid(n));
    expect(events.map(({ event_id }) => event_id)).toEqual(newestFirst);
  });

  test('the same run again: duplicates are counted, the figures stay', async () => {
    expect(await eventCounters(service.url)).toEqual({ recorded: ALL });
    await produceOfficially(intake, firstAt);
    const check = async () => expect(await eventCounters(service.url)).toEqual({ recorded: ALL, duplicate: ALL });
    await eventually(check, { within: DRAINED_MS, what: 'every repeated event is a duplicate' });
    await expectFigures();
    await intake.noBacklog(DRAINED_MS);
  }, 60_000);

  test('a walk by cursor while events arrive shows every earlier one once, pairs across a page boundary included', async () => {
    const expected = expectedOrder(firstAt);
    const limit = limitThatSplitsAPair(expected);
    const arriving = new Arrivals(service.url, firstAt);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Page = await getJson(`${service.url}/events?limit=${limit}${cursor && `&cursor=${cursor}`}`);
      if (page.next_cursor !== null) expect(page.events).toHaveLength(limit);
      seen.push(...page.events.map((event) => `${event.event_id} ${event.event_type}`));
      cursor = page.next_cursor;
      await arriving.more();
    }
    // Late ones may show, at most once each; the earlier ones all do, in their order.
    expect(new Set(seen).size).toBe(seen.length);
    const earlier = new Set(expected);
    expect(seen.filter((name) => earlier.has(name))).toEqual(expected);
    expect(seen.length).toBeGreaterThan(expected.length);
    expect(arriving.count).toBeGreaterThan(seen.length - expected.length);
  }, 60_000);
});

/** `id type`, newest first: by time, then key (here the id), then type. */
function expectedOrder(firstAt: number): string[] {
  const names: { at: number; name: string }[] = [];
  const add = (n: number, type: EventType) => names.push({ at: firstAt + 2_000 * n, name: `${testUuid(n)} ${type}` });
  for (let n = 0; n < 1_000; n++) add(n, 'click');
  for (let n = 0; n < 100; n++) add(10 * n, 'conversion');
  for (let n = 0; n < 50; n++) add(20 * n, 'sale');
  return names.sort((a, b) => b.at - a.at || (a.name < b.name ? 1 : -1)).map(({ name }) => name);
}

/** A page size whose boundaries cut between events of equal id and time but different type, several times. */
function limitThatSplitsAPair(order: readonly string[]): number {
  const idAt = (place: number) => order[place]?.split(' ')[0];
  const splits = (limit: number) =>
    order.filter((_, place) => place > 0 && place % limit === 0 && idAt(place - 1) === idAt(place)).length;
  const limits = Array.from({ length: 60 }, (_, index) => index + 20);
  const best = limits.reduce((a, b) => (splits(b) > splits(a) ? b : a));
  expect(splits(best)).toBeGreaterThanOrEqual(3);
  return best;
}

/** Events that come in during the walk: newer than all, and late ones among those that the walk has yet to show. */
class Arrivals {
  count = 0;

  constructor(
    private readonly serviceUrl: string,
    private readonly firstAt: number,
  ) {}

  async more(): Promise<void> {
    const times = [Date.now(), this.firstAt + 2_000_000 + 1, this.firstAt - 1_000 * this.count];
    const events = times.map((timestamp) => {
      const event_id = testUuid(1_000_000 + this.count++);
      return { event_type: 'click', event_id, user_id: 'late', timestamp };
    });
    const response = await fetch(`${this.serviceUrl}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    });
    expect(response.status).toBe(200);
  }
}
