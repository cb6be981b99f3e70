import type { HeatmapSummary } from '../../src/heatmap/application/answers/summary.answer.js';
import { encoded, testUuid } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithPulsar } from '../support/pulsar.js';
import { type RunningService, startService } from '../support/service.js';
import { eventually } from '../support/waiting.js';
import { OwnIntake } from '../e2e/own-intake.js';

const PAGE = 'https://shop.example/';

describeWithPulsar('the heat map of a running service', () => {
  let database: TestDatabase;
  let intake: OwnIntake;
  let service: RunningService;

  beforeAll(async () => {
    database = await createTestDatabase();
    intake = await OwnIntake.create(database.url);
    service = await startService({ env: intake.env() });
  }, 60_000);
  afterAll(async () => {
    service.kill('SIGTERM');
    await service.exited;
    await intake.close();
    await database.drop();
  });

  it('shows clicks, views and scrolls that came by Pulsar, from a page and from the older tracker', async () => {
    const at = { page_url: PAGE, x: 0.45, y: 0.3, viewport_width: 1440 };
    await intake.publish('click', { data: encoded({ ...at, event_id: testUuid(1) }) });
    await intake.publish('click', {
      data: encoded({ ...at, event_id: testUuid(2), target: { selector: '#menu', x: 0.5, y: 0.5, fixed: true } }),
    });
    const view = { page_url: PAGE, view_id: 'v-1', viewport_width: 1440 };
    const batch = [
      { ...at, event_id: testUuid(3) },
      { ...view, event_id: testUuid(4), interaction: 'view' },
      { ...view, event_id: testUuid(5), interaction: 'scroll', scroll_depth: 0.5 },
      { ...at, event_id: testUuid(1) }, // the same click as by Pulsar
    ];
    const post = (path: string, body: unknown) =>
      fetch(service.url + path, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: JSON.stringify(body),
      });
    expect((await post('/api/heatmap/click', { events: batch })).status).toBe(200);
    expect((await post('/api/heatmap/click.php', { page: PAGE, x: 1, y: 1, viewportW: 390 })).status).toBe(200);

    const summary = async () =>
      (await (
        await fetch(`${service.url}/api/heatmap/summary?page_url=${encodeURIComponent(PAGE)}`)
      ).json()) as HeatmapSummary;
    const answer = await eventually(
      async () => {
        const now = await summary();
        return now.total_clicks + now.fixed.total_clicks === 4 && now;
      },
      { within: 20_000, what: 'all clicks are counted' },
    );
    expect([answer.grid[6]![9], answer.grid[19]![19], answer.fixed.grid[6]![9]]).toEqual([2, 1, 1]);
    expect(answer).toMatchObject({ total_clicks: 3, views: 1, views_without_depth: 0, period: '7d' });
    expect(answer.reach.filter(({ share }) => share === 1)).toHaveLength(10);
    const pages = (await (await fetch(`${service.url}/api/heatmap/pages`)).json()) as { pages: unknown };
    expect(pages.pages).toEqual([{ page_url: PAGE, clicks: 4, views: 1 }]);
  }, 60_000);
});
