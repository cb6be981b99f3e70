import { AlertsReader, type AlertPosition, type StoredAlert } from '../../src/alerts/application/alerts-reader.port.js';
import type { AlertState } from '../../src/alerts/application/answers/alert.answer.js';
import { GetAlertsHandler, GetAlertsQuery } from '../../src/alerts/application/get-alerts.query.js';
import { InvalidCursor } from '../../src/platform/opaque-cursor.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { ruleOf } from './rules.js';

const HOUR_MS = 3_600_000;
const RULE = testUuid(100);

const alertOf = (n: number, members: Partial<StoredAlert> = {}): StoredAlert => ({
  id: testUuid(n),
  ruleId: RULE,
  rule: ruleOf({ webhook_url: 'https://hooks.example.com/a-secret-path' }),
  state: n % 2 === 0 ? 'resolved' : 'firing',
  judged: 'ok',
  value: 4.2,
  window: { from: TEST_TIME - HOUR_MS, to: TEST_TIME },
  startedAt: TEST_TIME - n,
  firedAt: TEST_TIME,
  resolvedAt: null,
  ...members,
});

/** Newest first. */
class MemoryAlerts extends AlertsReader {
  constructor(private readonly alerts: readonly StoredAlert[]) {
    super();
  }

  page(state: AlertState | null, limit: number, after: AlertPosition | null): Promise<readonly StoredAlert[]> {
    const found = this.alerts.filter(
      (alert) => (state ?? alert.state) === alert.state && (after === null || alert.startedAt < after.startedAt),
    );
    return Promise.resolve(found.slice(0, limit));
  }
}

const handlerOf = (alerts: readonly StoredAlert[]) => new GetAlertsHandler(new MemoryAlerts(alerts));

describe('alerts', () => {
  const five = handlerOf([1, 2, 3, 4, 5].map((n) => alertOf(n)));

  it.each<[AlertState | null, readonly number[]]>([
    [null, [1, 2, 3, 4, 5]],
    ['firing', [1, 3, 5]],
    ['pending', []],
  ])('(%s) are walked along the cursors, newest first and each once', async (state, expected) => {
    const shown: string[] = [];
    let cursor: string | null = null;
    do {
      const { alerts, next_cursor } = await five.execute(new GetAlertsQuery(state, 2, cursor));
      shown.push(...alerts.map(({ id }) => id));
      cursor = next_cursor;
    } while (cursor !== null);
    expect(shown).toEqual(expected.map(testUuid));
  });

  it('name no further page where there is none', async () => {
    const cursorOf = async (limit: number) => (await five.execute(new GetAlertsQuery(null, limit, null))).next_cursor;
    expect(await cursorOf(5)).toBeNull();
    expect(await cursorOf(4)).not.toBeNull();
    await expect(five.execute(new GetAlertsQuery(null, 2, 'a cursor'))).rejects.toThrow(InvalidCursor);
  });

  it('show their rule as it was, the host of its webhook, and times as texts', async () => {
    const { alerts } = await handlerOf([alertOf(1)]).execute(new GetAlertsQuery(null, 10, null));
    expect(alerts).toMatchObject([
      {
        rule: { id: RULE, name: 'the rate falls', threshold: 5, webhook_host: 'hooks.example.com' },
        value: 4.2,
        threshold: 5,
        window: { from: '2026-01-15T11:00:00.000Z', to: '2026-01-15T12:00:00.000Z' },
        started_at: '2026-01-15T11:59:59.999Z',
        fired_at: '2026-01-15T12:00:00.000Z',
        resolved_at: null,
      },
    ]);
    expect(JSON.stringify(alerts)).not.toContain('a-secret-path');
  });

  it('write money as a text, and show what is not known as null', async () => {
    const rule = ruleOf({ metric: 'revenue', currency: 'EUR', threshold: 1_000 });
    const stored = [alertOf(1, { rule, value: 19.9 }), alertOf(2, { rule, value: null, window: null, firedAt: null })];
    const { alerts } = await handlerOf(stored).execute(new GetAlertsQuery(null, 10, null));
    expect(alerts).toMatchObject([
      { value: '19.90', threshold: '1000.00' },
      { value: null, threshold: '1000.00', window: null, fired_at: null },
    ]);
  });
});
