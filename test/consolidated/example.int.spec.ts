import { type TestOrchestrator, StandIns, startOrchestrator } from '../support/orchestrator.js';

/** The example of the older orchestrator's documentation: its first entries and its totals, field by field. */
describe('the example of the older orchestrator', () => {
  let standIns: StandIns;
  let orchestrator: TestOrchestrator;

  beforeAll(async () => {
    standIns = await StandIns.start();
    orchestrator = await startOrchestrator(standIns.settings);
  });
  afterAll(async () => {
    await orchestrator.close();
    await standIns.stop();
  });

  const get = async <Body>(path: string) => {
    const response = await fetch(orchestrator.url + path);
    expect([path, response.status]).toEqual([path, 200]);
    return (await response.json()) as Body;
  };

  it('consolidated', async () => {
    const body = await get<Record<string, unknown[]> & { metrics: { items: unknown[] } }>(
      '/api/dashboard/consolidated',
    );
    const { users, scraped_accounts, metrics, dashboard_data, metadata, sources, ...rest } = body;
    expect(rest).toEqual({ next_cursor: null });
    expect(users![0]).toEqual({ id: 1, email: 'user@example.com', role: 'USER', created_at: '2025-01-15T10:30:00' });
    expect(scraped_accounts![0]).toEqual({
      id: 1,
      account_name: '@tiktoker123',
      user_id: 1,
      created_at: '2025-01-20T15:45:00',
    });
    expect(metrics.items[0]).toEqual({
      postId: '7123456789',
      usernameTiktokAccount: '@tiktoker123',
      views: 150_000,
      likes: 12_000,
      totalInteractions: 13_300,
      engagement: 8.5,
      datePosted: '2025-01-22',
      hashtags: expect.stringMatching(/^#/) as string,
      userId: 1,
    });
    expect({ ...metrics, items: metrics.items.length }).toEqual({
      items: 150,
      count: 150,
      dashboard: [
        { metric: 'totals', totalPosts: 150, totalViews: 5_000_000, totalLikes: 450_000, avgEngagement: 8.2 },
      ],
    });
    expect(dashboard_data![0]).toEqual({ username: '@tiktoker123', totalViews: 5_000_000 });
    expect([users!.length, scraped_accounts!.length, dashboard_data!.length]).toEqual([10, 25, 25]);
    expect(metadata).toEqual({
      total_users: 10,
      total_accounts: 25,
      total_posts_analyzed: 150,
      timestamp: '2026-01-15T12:00:00.000Z',
      services_status: { microservice1: 'ok', microservice2: 'ok', microservice3: 'ok', microservice4: 'ok' },
    });
    expect(sources).toEqual(
      [
        ['microservice1', 'users'],
        ['microservice2', 'scraped_accounts'],
        ['microservice3', 'post_metrics'],
        ['microservice4', 'global_dashboard'],
      ].map(([name, gives]) => ({
        name,
        gives,
        status: 'ok',
        ms: expect.any(Number) as number,
        attempts: 1,
        reason: null,
        detail: null,
        rejected_items: 0,
        as_of: '2026-01-15T12:00:00.000Z',
      })),
    );
  });

  it('summary', async () => {
    const body = await get<Record<string, Record<string, unknown>>>('/api/dashboard/summary');
    expect(body.summary).toEqual({
      total_users: 10,
      total_accounts: 25,
      average_engagement: 8.5,
      total_views: 5_000_000,
      total_likes: 450_000,
      total_interactions: 550_000,
    });
    expect(body.trends).toEqual({ growth_rate: 15.2, engagement_trend: 'increasing' });
    expect(body.rankings!.top_users).toEqual([
      { user_id: 1, accounts_count: 5, email: 'user@example.com' },
      { user_id: 2, accounts_count: 4, email: 'user2@example.com' },
      { user_id: 3, accounts_count: 3, email: 'user3@example.com' },
      { user_id: 4, accounts_count: 3, email: 'user4@example.com' },
      { user_id: 5, accounts_count: 2, email: 'user5@example.com' },
    ]);
    expect(Object.keys(body).sort()).toEqual(
      ['definitions', 'rankings', 'services_status', 'sources', 'summary', 'timestamp', 'trends'].sort(),
    );
  });

  it('of one user: its profile, its accounts, its posts, and the whole dashboard', async () => {
    standIns.counts();
    const body = await get<Record<string, unknown[]> & { metrics: { items: { userId: number }[] } }>(
      '/api/dashboard/consolidated?user_id=3',
    );
    expect(body.users).toMatchObject([{ id: 3 }]);
    expect(body.scraped_accounts).toMatchObject([{ user_id: 3 }, { user_id: 3 }, { user_id: 3 }]);
    expect(new Set(body.metrics.items.map(({ userId }) => userId))).toEqual(new Set([3]));
    expect(body.dashboard_data).toHaveLength(25);
    expect(standIns.asked.map(([asked]) => [asked!.method, asked!.path, asked!.body])).toEqual([
      ['GET', '/api/v1/auth/profile/3', ''],
      ['GET', '/scrapedAccounts/user/3', ''],
      ['POST', '/dbquery/user', '{"userId":3}'],
      ['GET', '/getDashboardInfo', ''],
    ]);
  });

  it('of a user that no service knows: 404 is no failure', async () => {
    const body = await get<{ metadata: unknown }>('/api/dashboard/consolidated?user_id=99');
    expect(body.metadata).toMatchObject({
      total_users: 0,
      services_status: {
        microservice1: 'no_data',
        microservice2: 'no_data',
        microservice3: 'no_data',
        microservice4: 'ok',
      },
    });
  });

  it('health', async () => {
    expect(await get('/api/health/services')).toEqual({
      microservice1: 'healthy',
      microservice2: 'healthy',
      microservice3: 'healthy',
      microservice4: 'healthy',
    });
  });

  it('/redoc leads to /docs', async () => {
    const response = await fetch(`${orchestrator.url}/redoc`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
  });
});
