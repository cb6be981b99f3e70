import { EVENT_TYPES } from '../../src/events/domain/incoming-event.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';
import { vacuumEvents } from '../support/vacuum-events.js';

const PAGE = 'https://product.com/item/7';
/** Placed clicks, other clicks, interactions. */
const CLICKS_OF_PAGE = ['x_y', 'viewport_width', 'view_id'].map((first) => `page_key_occurred_at_${first}\\w*_idx`);

describe('the plans of filtered figures', () => {
  const service = useService();
  const plans: string[] = [];

  beforeAll(async () => {
    await recordRows(
      service.store,
      Array.from({ length: 8000 }, (_, n): Row => ({
        event_type: n % 10 === 0 ? EVENT_TYPES[(n / 10) % 3]! : 'click',
        event_id: testUuid(n),
        user_id: `u${n % 400}`,
        url: `https://product.com/item/${n % 300}`,
        timestamp: TEST_TIME - n * 200_000,
      })),
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

  it.each([
    [{ user_id: 'u7' }, ['user_id_occurred_at_event_key_idx']],
    [{ user_id: 'u7', event_type: 'click' }, ['user_id_occurred_at_event_key_idx']],
    [{ page_url: PAGE, event_type: 'click' }, CLICKS_OF_PAGE],
    [{ page_url: PAGE }, [...CLICKS_OF_PAGE, 'event_type_occurred_at_event_key_conversio_idx']],
    [{ event_type: 'conversion', label: 'signup' }, ['event_type_occurred_at_event_key_conversio_idx']],
  ])('%j uses %j', async (filter, indexes) => {
    for (const path of ['/metrics', '/metrics/timeseries']) {
      plans.length = 0;
      const query = new URLSearchParams({ ...(filter as Record<string, string>), period: '7d' }).toString();
      expect((await fetch(`${service.url}${path}?${query}`)).status).toBe(200);
      const plan = plans.join('\n');
      for (const index of indexes) expect(plan).toMatch(new RegExp(`events_w\\d+_${index}`));
      expect(plan).not.toMatch(/Seq Scan on events_w/);
      expect(new Set(plan.match(/events_w\d{8}/g)).size).toBeLessThanOrEqual(2);
    }
  });

  it('no filter, a type, and a type with its label touch facts at the edges alone', async () => {
    for (const query of ['', 'event_type=click', 'event_type=sale&label=EUR']) {
      plans.length = 0;
      expect((await fetch(`${service.url}/metrics?period=7d&${query}`)).status).toBe(200);
      expect(plans.join('\n')).toMatch(/event_counts_15m/);
      // Sales without an amount come from the index that holds nothing else.
      const unpriced = plans.join('\n').includes('_occurred_at_currency_idx');
      expect([query, unpriced]).toEqual([query, query !== 'event_type=click']);
      expect(plans.join('\n')).not.toMatch(/Seq Scan on events_w/);
    }
  });

  it('distinct users come from indexes alone', async () => {
    plans.length = 0;
    expect((await fetch(`${service.url}/metrics?period=7d&include=users`)).status).toBe(200);
    const plan = plans.find((text) => /HashAggregate|GroupAggregate/.test(text) && /user_id/.test(text)) ?? '';
    for (const index of [
      'user_id_occurred_at_event_key',
      'event_type_occurred_at_event_key_conversio',
      'occurred_at_user_id',
    ])
      expect(plan).toMatch(new RegExp(`Index Only Scan using events_w\\d+_${index}_idx`));
    expect(plan).not.toMatch(/Seq Scan on events_w|Heap Scan/);
  });
});
