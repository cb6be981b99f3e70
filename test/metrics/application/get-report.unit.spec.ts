import { GetReportQuery } from '../../../src/metrics/application/get-report.query.js';
import type { Report } from '../../../src/metrics/domain/finished-period.js';
import { TEST_TIME, testUuid } from '../../support/events.js';
import { MetricsInMemory } from './metrics-in-memory.js';

const DAY = 86_400_000;

describe('a report', () => {
  let service: MetricsInMemory;

  beforeEach(() => {
    service = new MetricsInMemory(TEST_TIME);
  });

  const report = (name: Report, tz = 'UTC') => service.report.execute(new GetReportQuery(name, tz));

  it.each<[Report, string, string, string, string]>([
    ['daily', 'UTC', '2026-01-13T23:59:59.999Z', '2026-01-14T23:59:59.999Z', '2026-01-12T23:59:59.999Z'],
    ['daily', 'Europe/Madrid', '2026-01-13T22:59:59.999Z', '2026-01-14T22:59:59.999Z', '2026-01-12T22:59:59.999Z'],
    ['weekly', 'UTC', '2026-01-04T23:59:59.999Z', '2026-01-11T23:59:59.999Z', '2025-12-28T23:59:59.999Z'],
    ['monthly', 'UTC', '2025-11-30T23:59:59.999Z', '2025-12-31T23:59:59.999Z', '2025-10-31T23:59:59.999Z'],
  ])('is of the last period that is over: %s in %s', async (name, tz, from, to, fromBefore) => {
    const { window, comparison } = await report(name, tz);
    expect([window, comparison.window]).toEqual([
      { from, to },
      { from: fromBefore, to: from },
    ]);
  });

  it('shows its figures, those of the period before, and the change', async () => {
    const times = [-DAY, -DAY, -DAY, -2 * DAY, 0].map((by) => TEST_TIME + by);
    await service.record(times.map((timestamp, n) => ({ event_type: 'click', event_id: testUuid(n), timestamp })));
    const { total_clicks, comparison, complete, exact } = await report('daily');
    expect([total_clicks, comparison.total_clicks, complete, exact]).toEqual([3, 1, true, true]);
    expect(comparison.changes.total_clicks).toEqual({ absolute: 2, percent: 200 });
  });

  it('is complete below the retention floor too, as its days are whole quarter-hours, but for what only the facts would say', async () => {
    const sale = (n: number, at: number) =>
      ({ event_type: 'sale', event_id: testUuid(n), timestamp: at, amount: '3', currency: 'EUR' }) as const;
    await service.record([sale(1, TEST_TIME - DAY), sale(2, TEST_TIME - 2 * DAY)]);
    service.events.retentionFloor = Date.parse('2026-01-14T00:00:00Z');
    const { exact, revenue, comparison, complete } = await report('daily');
    expect([exact, comparison.exact, complete]).toEqual([true, true, true]);
    const euros = { currency: 'EUR', sales: 1, amount: '3.00' };
    expect(revenue).toEqual([{ ...euros, sales_with_amount: 1, average_order_value: '3.00' }]);
    expect(comparison.revenue).toEqual([{ ...euros, sales_with_amount: null, average_order_value: null }]);
  });
});
