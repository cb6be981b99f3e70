import { TimeRange } from '../../src/events/domain/time-range.js';
import type { WindowCounts } from '../../src/metrics/application/metrics-reader.port.js';
import { PostgresMetricsReader } from '../../src/metrics/infrastructure/postgres/postgres-metrics-reader.js';
import { testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';

const FINE = 2_000;
const QUARTER = 900_000;
const DAY = 86_400_000;
/** A Monday 00:00 UTC: border of a partition, a quarter-hour and a 2-second bucket at once. */
const MONDAY = Date.parse('2026-01-12T00:00:00.000Z');

/** Beyond what every reader promises (metrics-reader.contract.int.spec.ts). */
describe('counts of a window', () => {
  const service = useService();

  beforeEach(() => forget());

  const forget = async () => {
    await service.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
    await service.sql.query(`update storage_bounds set retention_floor = '1970-01-05Z', fine_horizon = '1970-01-05Z'`);
  };

  /** Counts the facts plainly. */
  const recount = async ({ start, end }: TimeRange) => {
    const { rows } = await service.sql.query<{ type: string; label: string; n: string; amount: string }>(
      `select event_type as type, case event_type when 'click' then coalesce(reaction, '') when 'sale' then currency else '' end as label,
              count(*) as n, trim_scale(coalesce(sum(amount), 0)) as amount
       from events where occurred_at >= $1 and occurred_at < $2 group by 1, 2 order by 1, 2`,
      [new Date(start), new Date(end)],
    );
    return rows.map(({ type, label, n, amount }) => `${type}/${label}: ${n} ${amount}`);
  };
  const told = ({ counts }: WindowCounts) =>
    counts.map(({ eventType, label, events, amount }) => `${eventType}/${label}: ${events} ${Number(amount)}`).sort();

  const reader = () => {
    const standing = new PostgresMetricsReader(service.database);
    return { count: async (range: TimeRange) => (await standing.count([{ range, cuts: [] }]))[0]! };
  };

  it('are equal to a recount while events arrive, late ones and future ones included', async () => {
    const window = TimeRange.halfOpen(MONDAY - QUARTER - 1, MONDAY + QUARTER + 1);
    // In a raw edge, in 2-second buckets, in a quarter-hour; and some before and after.
    const times = [
      -2 * QUARTER,
      -QUARTER - 1,
      -QUARTER,
      -1,
      0,
      1,
      FINE,
      QUARTER - 1,
      QUARTER,
      QUARTER + 1,
      3 * QUARTER,
    ];
    const INSIDE = 8;
    const ROUNDS = 40;
    let arriving = true;
    const writing = (async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const batch = times.map((time, n): Row => {
          return { event_type: 'click', event_id: testUuid(round * times.length + n), timestamp: MONDAY + time };
        });
        await recordRows(service.store, batch);
      }
      arriving = false;
    })();
    const seen: number[] = [];
    while (arriving) {
      const { counts } = await reader().count(window);
      seen.push(counts[0]?.events ?? 0);
    }
    await writing;
    expect(await recount(window)).toEqual([`click/: ${INSIDE * ROUNDS} 0`]);
    expect(told(await reader().count(window))).toEqual(await recount(window));
    // A batch is one transaction: a torn read would not be a whole number of batches.
    for (const figure of seen) expect(figure % INSIDE).toBe(0);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('uses the index of each table and one partition', async () => {
    const rows = Array.from({ length: 2000 }, (_, n): Row => {
      return { event_type: 'click', event_id: testUuid(n), timestamp: MONDAY - 20 * DAY + n * 1_500_000 };
    });
    await recordRows(service.store, rows);
    const statements: string[] = [];
    const spy = jest.spyOn(service.database, 'read').mockImplementation((statement) => {
      statements.push(statement.text);
      return service.sql
        .query<{ 'QUERY PLAN': string }>(`explain (costs off) ${statement.text}`, statement.values)
        .then(({ rows: plan }) => {
          statements.push(plan.map((line) => line['QUERY PLAN']).join('\n'));
          return [{ retention_floor: -Infinity, fine_horizon: -Infinity, event_type: null }] as never;
        });
    });
    try {
      await service.sql.query('set enable_seqscan = off');
      await reader().count(TimeRange.upTo(MONDAY - 3 * DAY + 1234, 7 * DAY));
    } finally {
      spy.mockRestore();
      await service.sql.query('reset enable_seqscan');
    }
    const plan = statements.at(-1) ?? '';
    expect(plan).not.toMatch(/Seq Scan on (events|event_counts)/);
    expect(plan.match(/events_w\d+_occurred_at_event_key_idx/g)).toHaveLength(2);
    expect(plan.match(/Scan using event_counts_2s_pkey|Scan on event_counts_2s/g)?.length).toBeGreaterThanOrEqual(2);
  });
});
