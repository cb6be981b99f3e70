import { TEST_TIME, testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';
import { vacuumEvents } from '../support/vacuum-events.js';

const PAGE = 'https://shop.example/7';
const PLACED = 'page_key_occurred_at_x_y';
const OTHER = 'page_key_occurred_at_viewport_width';
const INTERACTIONS = 'page_key_occurred_at_view_id';

describe('the plans of the heat map', () => {
  const service = useService();
  const plans: string[] = [];

  beforeAll(async () => {
    await recordRows(
      service.store,
      Array.from({ length: 16_000 }, (_, n): Row => {
        const kind = n % 4 === 0 ? { interaction: 'view', view_id: `v${n}`, scroll_depth: 0.5 } : { x: 0.5, y: 0.5 };
        return {
          event_type: 'click',
          event_id: testUuid(n),
          url: `https://shop.example/${n % 100}`,
          timestamp: TEST_TIME - n * 100_000,
          viewport_width: 1440,
          ...kind,
          ...(n % 20 === 1 ? { target: { selector: '#menu', fixed: true } } : {}),
        };
      }),
    );
    await vacuumEvents(service.sql);
    const read = service.database.read.bind(service.database);
    jest.spyOn(service.database, 'read').mockImplementation(async (statement) => {
      const plan = await read<{ 'QUERY PLAN': string }>({
        text: `explain (costs off) ${statement.text}`,
        values: statement.values,
      });
      plans.push(plan.map((line) => line['QUERY PLAN']).join('\n'));
      return read(statement);
    });
  }, 120_000);
  afterAll(() => jest.restoreAllMocks());
  beforeEach(() => (plans.length = 0));

  const ask = async (path: string) => {
    expect((await fetch(service.url + path)).status).toBe(200);
    return plans;
  };
  const summary = (more: string) => ask(`/api/heatmap/summary?page_url=${PAGE}&${more}`);
  const indexOnly = (index: string) => new RegExp(`Index Only Scan using events_w\\d+_${index}`);

  it.each(['', '&device=desktop', '&rows=100&columns=100'])(
    'clicks and views come from their indexes alone (%s)',
    async (more) => {
      const all = (await summary(`elements=false&events=0${more}`)).join('\n');
      for (const index of [PLACED, OTHER, INTERACTIONS]) expect(all).toMatch(indexOnly(index));
      expect(all).not.toMatch(/Seq Scan on events_w|Bitmap Heap Scan|Index Scan using events_w/);
      expect(new Set(all.match(/events_w\d{8}/g)).size).toBeLessThanOrEqual(3);
    },
  );

  it('the newest come in the order of the indexes, as many as are shown', async () => {
    const newest = (await summary('elements=false&events=10')).find((plan) => /Backward/.test(plan)) ?? '';
    for (const index of [PLACED, OTHER])
      expect(newest).toMatch(new RegExp(`Scan Backward using events_w\\d+_${index}`));
    expect(newest).not.toMatch(/Seq Scan on events_w/);
  });

  it('elements by the indexes of clicks; a user by that of users', async () => {
    for (const plan of await summary('events=0')) expect(plan).not.toMatch(/Seq Scan on events_w/);
    plans.length = 0;
    for (const plan of await summary('events=0&user_id=u')) expect(plan).not.toMatch(/Seq Scan on events_w/);
  });

  it('pages are counted from the indexes alone, and named from an event of each', async () => {
    const all = (await ask('/api/heatmap/pages?period=7d&limit=10')).join('\n');
    for (const index of [PLACED, OTHER, INTERACTIONS]) expect(all).toMatch(indexOnly(index));
    expect(all).not.toMatch(/Seq Scan on events_w/);
  });
});
