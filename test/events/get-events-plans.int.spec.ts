import { EVENT_TYPES } from '../../src/events/domain/incoming-event.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';

const PAGE = 'https://product.com/item/123';

describe('the plans of GET /events', () => {
  const service = useService();

  const get = async (query: Record<string, string>) => {
    const response = await fetch(`${service.url}/events?${new URLSearchParams(query).toString()}`);
    return (await response.json()) as { next_cursor: string | null };
  };

  it('uses an index for each of the shapes that have one, and a partition or two', async () => {
    await recordRows(
      service.store,
      Array.from({ length: 6000 }, (_, n): Row => ({
        event_type: EVENT_TYPES[n % 3] ?? 'click',
        event_id: testUuid(n),
        user_id: `u${n % 200}`,
        url: PAGE,
        ...(n % 6 === 0 ? { interaction: 'view', view_id: 'v' } : {}),
        timestamp: TEST_TIME - n * 300_000,
      })),
    );
    await service.database.writers().query('analyze events');
    const plans: string[] = [];
    const read = service.database.read.bind(service.database);
    const spy = jest.spyOn(service.database, 'read').mockImplementation(async (statement) => {
      const plan = await read<{ 'QUERY PLAN': string }>({
        text: `explain (costs off) ${statement.text}`,
        values: statement.values,
      });
      plans.push(plan.map((line) => line['QUERY PLAN']).join('\n'));
      return read(statement);
    });
    const planOf = async (query: Record<string, string>) => {
      plans.length = 0;
      const { next_cursor } = await get({ ...query, limit: '2' });
      if (next_cursor === null) return plans.join('\n');
      plans.length = 0;
      await get({ ...query, limit: '2', cursor: next_cursor });
      return plans.join('\n');
    };
    try {
      for (const [query, index] of [
        [{}, 'occurred_at_event_key_idx'],
        [{ event_type: 'click' }, 'occurred_at_event_key_idx'],
        [{ user_id: 'u7' }, 'user_id_occurred_at_event_key_idx'],
        [{ user_id: 'u7', event_type: 'sale' }, '(user_id|event_type)_occurred_at_event_key\\w*_idx'],
        [{ event_type: 'sale' }, 'event_type_occurred_at_event_key\\w*_idx'],
      ] as const) {
        const plan = await planOf(query);
        expect(plan).toMatch(new RegExp(`Index (Only )?Scan Backward using events_w\\d+_${index}`));
        // What is read comes in its order; above the limit at most a page is put in order again.
        const below = plan.slice(plan.indexOf('->  Limit'));
        expect(below).toMatch(/^-> {2}Limit/);
        expect(plan).not.toMatch(/Seq Scan/);
        expect(below).not.toMatch(/-> +Sort/);
        expect(new Set(plan.match(/events_w\d{8}/g)).size).toBeLessThanOrEqual(2);
      }
      const [placed, other, interactions] = ['x_y', 'viewport_width', 'view_id'];
      const ofPage: [Record<string, string>, (string | undefined)[]][] = [
        [{}, [placed, other]],
        [{ interaction: 'view' }, [interactions]],
        [{ interaction: 'none' }, [placed, other]],
        [{ event_type: 'click' }, [placed, other, interactions]],
      ];
      for (const [query, indexes] of ofPage) {
        const plan = await planOf({ page_url: PAGE, ...query });
        for (const index of indexes)
          expect(plan).toMatch(new RegExp(`events_w\\d+_page_key_occurred_at_${index}\\w*_idx`));
        expect(plan).not.toMatch(/Seq Scan on events_w/);
      }
      expect(await planOf({ user_id: 'u7', interaction: 'none' })).toMatch(/user_id_occurred_at_event_key_idx/);
    } finally {
      spy.mockRestore();
    }
  });
});
