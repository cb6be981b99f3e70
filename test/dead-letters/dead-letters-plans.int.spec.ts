import { CLICKS } from '../support/dead-letters.js';
import { useService } from '../support/used-service.js';

const SALES = 'persistent://public/default/sales';

/** Every 1000th of another topic, 10 of 10,000 open. */
const LETTERS = `
insert into dead_letters (id, origin_key, reason, topic, message_id, published_at, payload, first_seen, attempts, state, replayed_at)
select gen_random_uuid(), gen_random_uuid(), case when n % 2 = 0 then 'schema' else 'not_json' end,
  case when n % 1000 = 0 then '${SALES}' else '${CLICKS}' end, n::text, seen, 'x', seen, 1,
  case when n % 1000 = 7 then 'open' else 'replayed' end, seen
from (select n, timestamptz '2026-01-15T12:00:00Z' - n * interval '1 second' as seen from generate_series(1, 10000) n) letter`;

describe('the plans of GET /dead-letters', () => {
  const service = useService();
  const plans: string[] = [];

  beforeAll(async () => {
    await service.database.writers().query(LETTERS);
    await service.database.writers().query('vacuum analyze dead_letters');
    const read = service.database.read.bind(service.database);
    jest.spyOn(service.database, 'read').mockImplementation(async (statement, signal) => {
      const text = `explain (costs off) ${statement.text}`;
      const plan = await read<{ 'QUERY PLAN': string }>({ text, values: statement.values });
      plans.push(plan.map((line) => line['QUERY PLAN']).join('\n'));
      return read(statement, signal);
    });
  });
  afterAll(() => jest.restoreAllMocks());

  it.each([
    [{}, 'first_seen_id', 20],
    [{ topic: CLICKS }, '(topic_)?first_seen_id', 20],
    [{ topic: SALES }, 'topic_first_seen_id', 10],
    [{ topic: SALES, state: 'replayed' }, 'topic_first_seen_id', 10],
    [{ reason: 'schema' }, '(reason_state_)?first_seen_id', 20],
    [{ reason: 'not_json', state: 'open' }, 'reason_state_first_seen_id', 10],
  ])('%j: an index that begins with what is asked', async (query, index, letters) => {
    plans.length = 0;
    const asked = new URLSearchParams({ ...(query as Record<string, string>), limit: '20' }).toString();
    const response = await fetch(`${service.url}/dead-letters?${asked}`);
    const page = (await response.json()) as { dead_letters: unknown[] };
    expect(page.dead_letters).toHaveLength(letters);
    expect(plans.join('\n')).toMatch(new RegExp(`Index Scan (Backward )?using dead_letters_${index}_idx`));
    expect(plans.join('\n')).not.toMatch(/Seq Scan/);
  });
});
