import { sampleData } from '../../src/cli/demo/upstreams/sample-data.js';
import { AnswerRoom } from '../../src/consolidated/application/answer-room.js';
import type { ServiceList } from '../../src/consolidated/application/lists/service-list.js';
import { consolidated } from '../../src/consolidated/consolidated.slice.js';
import { HttpUpstreams } from '../../src/consolidated/infrastructure/http/http-upstreams.js';
import { UpstreamFigures } from '../../src/consolidated/infrastructure/http/upstream-figures.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { Telemetry } from '../../src/platform/observability/telemetry.js';
import { quietLogger, TestClock } from '../support/application.js';
import { TEST_TIME } from '../support/events.js';
import { StandIns } from '../support/orchestrator.js';
import { InMemoryServices, type Services } from './in-memory-services.js';

const CALLER = { authorization: null, requestId: null, traceparent: null };
const DATA = sampleData(1);

interface Running {
  readonly services: Services;
  fail(): void;
  stop(): Promise<void>;
}

function inMemory(): Promise<Running> {
  const { users, posts, dashboard } = DATA;
  const accounts = DATA.accounts.map(({ id, accountName, userId, createdAt }) => ({
    id,
    account_name: accountName,
    user_id: userId,
    created_at: createdAt,
  }));
  const services = new InMemoryServices({ users, accounts, posts, dashboard });
  return Promise.resolve({ services, fail: () => (services.failure = 'not_json'), stop: () => Promise.resolve() });
}

async function overHttp(): Promise<Running> {
  const standIns = await StandIns.start(DATA);
  const config = loadConfig([consolidated], {}).with(standIns.settings);
  const figures = new UpstreamFigures(new Telemetry());
  const services = new HttpUpstreams(config, new TestClock(TEST_TIME), quietLogger, figures, new AnswerRoom());
  return {
    services,
    fail: () => {
      for (const standIn of standIns.services) standIn.fault = 'junk';
    },
    stop: async () => {
      await services.onModuleDestroy();
      await standIns.stop();
    },
  };
}

const written = (items: ServiceList<unknown>): unknown[] =>
  Array.from({ length: items.length }, (_, index) => JSON.parse(items.json(index)) as unknown);

/** The promises that use cases may rely on, of the services over HTTP and of those that other tests have in their place. */
describe.each([
  ['in memory', inMemory],
  ['over HTTP', overHttp],
])('the services, %s', (_, start) => {
  let running: Running;
  const { signal } = new AbortController();

  beforeEach(async () => {
    running = await start();
  });
  afterEach(() => running.stop());

  const all = async (userId: string | null, closed = signal) => {
    const { users, accounts, posts, dashboard } = running.services;
    return Promise.all([
      users.of(userId, CALLER, closed),
      accounts.of(userId, CALLER, closed),
      posts.of(userId, CALLER, closed),
      dashboard.whole(CALLER, closed),
    ]);
  };

  it('have everybody’s', async () => {
    const [users, accounts, posts, dashboard] = await all(null);
    expect([users, accounts, posts, dashboard].map(({ items }) => items.length)).toEqual([10, 25, 150, 25]);
    const [account] = accounts.items;
    expect(account).toEqual({
      id: 1,
      account_name: '@tiktoker123',
      user_id: 1,
      created_at: '2025-01-20T15:45:00',
    });
    for (const outcome of [users, accounts, posts, dashboard]) {
      expect(outcome).toMatchObject({
        status: 'ok',
        reason: null,
        detail: null,
        attempts: 1,
        rejectedItems: 0,
        at: TEST_TIME,
      });
    }
  });

  it('have a user’s', async () => {
    const [users, accounts, posts, dashboard] = await all('2');
    expect([users, accounts, dashboard].map(({ items }) => items.length)).toEqual([1, 4, 25]);
    expect(written(posts.items)).toEqual(DATA.posts.filter(({ userId }) => userId === 2));
    expect(written(accounts.items)).toEqual([...accounts.items]);
  });

  it('have nothing of a user that they do not know, which is no failure', async () => {
    const [users, accounts, posts] = await all('no one');
    for (const outcome of [users, accounts, posts])
      expect(outcome).toMatchObject({ items: { length: 0 }, status: 'no_data', reason: null });
  });

  it('say why there is nothing', async () => {
    running.fail();
    for (const outcome of await all(null)) {
      expect(outcome).toMatchObject({ items: { length: 0 }, status: 'error', reason: 'not_json', rejectedItems: 0 });
      expect(outcome.detail).not.toBeNull();
    }
  });

  it('answer nobody who has gone', async () => {
    await expect(all(null, AbortSignal.abort(new Error('gone')))).rejects.toThrow();
  });
});
