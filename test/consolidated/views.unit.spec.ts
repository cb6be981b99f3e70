import { setImmediate } from 'node:timers/promises';
import { AnswerRoom } from '../../src/consolidated/application/answer-room.js';
import type { Consolidated } from '../../src/consolidated/application/answers/consolidated.answer.js';
import type { Caller } from '../../src/consolidated/application/caller.js';
import { Gathering, NoUpstreamAnswers } from '../../src/consolidated/application/gathering.js';
import {
  GetConsolidatedHandler,
  GetConsolidatedQuery,
} from '../../src/consolidated/application/get-consolidated.query.js';
import { GetSummaryHandler, GetSummaryQuery } from '../../src/consolidated/application/get-summary.query.js';
import { SharedCalls } from '../../src/consolidated/application/shared-calls.js';
import { consolidated } from '../../src/consolidated/consolidated.slice.js';
import type { Reason } from '../../src/consolidated/domain/upstream.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { TestClock } from '../support/application.js';
import { TEST_TIME } from '../support/events.js';
import { InMemoryServices, type Services } from './in-memory-services.js';

const CALLER: Caller = { authorization: null, requestId: 'r', traceparent: null };
const { signal } = new AbortController();
const POST = {
  usernameTiktokAccount: '@a',
  views: 10,
  likes: null,
  engagement: 4,
  datePosted: '2025-01-01',
  userId: 1,
};
const THINGS = {
  users: [{ id: 1, email: 'a@example.com', role: null, created_at: null }],
  accounts: [{ id: 1, account_name: '@a', user_id: '1', created_at: null }],
  posts: [
    { ...POST, postId: 'p' },
    { ...POST, postId: 'q', engagement: 0, likes: 3 },
  ],
  dashboard: [],
};

function views(services: Services, room = new AnswerRoom()) {
  const shared = new SharedCalls(loadConfig([consolidated], {}).with({ UPSTREAM_CACHE_MS: 0 }));
  const { users, accounts, posts, dashboard } = services;
  const gathering = new Gathering(users, accounts, posts, dashboard, shared, room);
  const clock = new TestClock(TEST_TIME);
  return {
    consolidated: async (userId: string | null = null) => {
      const query = new GetConsolidatedQuery(userId, null, null, CALLER, signal);
      const { json } = await new GetConsolidatedHandler(gathering, clock).execute(query);
      return JSON.parse(json.toString()) as Consolidated;
    },
    summary: () => new GetSummaryHandler(gathering, clock).execute(new GetSummaryQuery(null, CALLER, signal)),
  };
}

const failing = (reason: Reason) => {
  const services = new InMemoryServices(THINGS);
  services.failure = reason;
  return services;
};

describe('the views of the four services', () => {
  it('sum posts up where the service does not', async () => {
    const { metrics, metadata } = await views(new InMemoryServices(THINGS)).consolidated();
    expect(metrics.dashboard).toEqual([
      { metric: 'totals', totalPosts: 2, totalViews: 20, totalLikes: 3, avgEngagement: 4 },
    ]);
    expect(metadata.services_status.microservice4).toBe('no_data');
  });

  it('know a user by a number and by its text', async () => {
    const { rankings } = await views(new InMemoryServices(THINGS)).summary();
    expect(rankings.top_users).toEqual([{ user_id: '1', accounts_count: 1, email: 'a@example.com' }]);
  });

  it('take room for the lists until they are made, and none when they fail', async () => {
    const room = new AnswerRoom();
    const { users, accounts, posts, dashboard } = new InMemoryServices(THINGS, 100);
    let arrives: () => void = () => undefined;
    const whole: typeof dashboard.whole = async (...asked) => {
      await new Promise<void>((resolve) => (arrives = resolve));
      return dashboard.whole(...asked);
    };
    for (const view of Object.values(views({ users, accounts, posts, dashboard: { whole } }, room))) {
      const made = view();
      await setImmediate();
      expect(room.bytes).toBe(300);
      arrives();
      await made;
      expect(room.bytes).toBe(0);
    }
  });

  it('take no room for what comes when the client has gone', async () => {
    const room = new AnswerRoom();
    const { users, accounts, posts } = new InMemoryServices(THINGS, 100);
    let arrives: () => void = () => undefined;
    const late: typeof users.of = async (...asked) => {
      await new Promise<void>((resolve) => (arrives = resolve));
      return users.of(...asked);
    };
    const whole = () => Promise.reject(new Error('gone'));
    await expect(views({ users: { of: late }, accounts, posts, dashboard: { whole } }, room).summary()).rejects.toThrow(
      'gone',
    );
    arrives();
    await setImmediate();
    expect(room.bytes).toBe(0);
  });

  it('show what there is when three services fail', async () => {
    const well = new InMemoryServices(THINGS);
    const { users, accounts, posts } = failing('refused');
    const { summary, services_status } = await views({ users, accounts, posts, dashboard: well.dashboard }).summary();
    expect(summary).toMatchObject({ total_users: 0, total_views: 0, average_engagement: 0 });
    expect(services_status).toEqual({
      microservice1: 'error',
      microservice2: 'error',
      microservice3: 'error',
      microservice4: 'no_data',
    });
  });

  it.each<[string, Reason, Reason, boolean]>([
    ['none', 'refused', 'breaker_open', false],
    ['one of them', 'refused', 'timeout', true],
    ['all', 'timeout', 'timeout', true],
  ])('fail when all four fail, and say whether time was what lacked: %s', async (_, three, fourth, forTime) => {
    const { users, accounts, posts } = failing(three);
    const { dashboard } = failing(fourth);
    for (const view of Object.values(views({ users, accounts, posts, dashboard }))) {
      const error = await view().then(
        () => null,
        (reason: unknown) => reason as NoUpstreamAnswers,
      );
      expect(error).toBeInstanceOf(NoUpstreamAnswers);
      expect(error).toMatchObject({ forTime, sources: [{}, {}, {}, { reason: fourth }] });
    }
  });
});
