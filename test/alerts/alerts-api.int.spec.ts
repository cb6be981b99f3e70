import type { CreatedKey } from '../../src/access/application/answers/key.answer.js';
import type { AlertPage } from '../../src/alerts/application/answers/alert.answer.js';
import type { AlertRuleList, CreatedAlertRule } from '../../src/alerts/application/answers/alert-rule.answer.js';
import { Housekeeping } from '../../src/platform/housekeeping/housekeeping.js';
import { testUuid } from '../support/events.js';
import { useService } from '../support/used-service.js';
import { A_RULE, ruleOf } from './rules.js';

const TOKEN = 'the-token';
const WEBHOOK = 'http://127.0.0.1:9/a-secret-path';

describe('alerts over HTTP', () => {
  const application = useService({ API_TOKEN: TOKEN });

  const ask = (method: string, path: string, body?: unknown, key = TOKEN) =>
    fetch(application.url + path, {
      method,
      headers: { 'x-api-token': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const answer = async <T>(method: string, path: string, body?: unknown, key?: string): Promise<T> =>
    (await (await ask(method, path, body, key)).json()) as T;
  const query = (statement: string, values: unknown[] = []) => application.database.writers().query(statement, values);

  it('a webhook is shown whole to admins, and by its host to who may read; its secret once', async () => {
    const made = await answer<CreatedAlertRule>('POST', '/alerts/rules', { ...A_RULE, webhook_url: WEBHOOK });
    expect(made).toMatchObject({ webhook_url: WEBHOOK, webhook_host: '127.0.0.1:9', source: 'api', judged: null });
    const { key } = await answer<CreatedKey>('POST', '/keys', { role: 'read', name: 'a reader' });
    for (const path of ['/alerts/rules', `/alerts/rules/${made.id}`]) {
      const read = await (await ask('GET', path, undefined, key)).text();
      expect(read).toContain('"webhook_host":"127.0.0.1:9"');
      expect(read).not.toContain('a-secret-path');
      const whole = await (await ask('GET', path)).text();
      expect(whole).toContain('a-secret-path');
      expect(whole + read).not.toContain('whsec_');
    }
  });

  it('a test says why nobody was told, and what was done stands in the audit log without the address', async () => {
    const { rules } = await answer<AlertRuleList>('GET', '/alerts/rules');
    expect(await answer('POST', `/alerts/rules/${rules[0]!.id}/test`)).toEqual({
      notification_id: expect.stringMatching(/^msg_/) as string,
      delivered: false,
      detail: '127.0.0.1 is a private address: WEBHOOK_ALLOW does not hold it',
    });
    const audit = await (await ask('GET', '/audit')).text();
    for (const action of ['alert_rule.created', 'alert_rule.tested']) expect(audit).toContain(action);
    expect(audit).not.toContain('a-secret-path');
  });

  it('what is wrong with a rule is named, and what is not there is 404', async () => {
    const refused = await ask('POST', '/alerts/rules', { ...A_RULE, threshold: -1, period: '2h' });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({
        code: 'invalid_rule',
        errors: [expect.objectContaining({ field: 'period' }), expect.objectContaining({ field: 'threshold' })],
      }),
    ]);
    const path = `/alerts/rules/${testUuid(1)}`;
    const answers = await Promise.all([
      ask('GET', path),
      ask('PUT', path, A_RULE),
      ask('DELETE', path),
      ask('POST', `${path}/test`),
      ask('POST', `${path}/secret`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect((await ask('GET', '/alerts/rules/1')).status).toBe(400);
  });

  it('a walk by cursor shows every alert once, newest first, equal times too', async () => {
    const rule = JSON.stringify(ruleOf({ metric: 'revenue', currency: 'EUR', threshold: '19.90' }));
    for (let n = 1; n <= 5; n += 1) {
      await query(
        `insert into alerts (id, rule_id, rule, state, judged, value, window_from, window_to, started_at)
        values ($1, $2, $3, 'resolved', 'ok', 12.5, $4, $4, $4)`,
        [testUuid(n), testUuid(99), rule, new Date(application.clock.time + Math.floor(n / 2))],
      );
    }
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await answer<AlertPage>('GET', `/alerts?state=resolved&limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.alerts.map(({ id }) => id));
      expect(page.alerts[0]).toMatchObject({ value: '12.50', threshold: '19.90' });
      cursor = page.next_cursor ?? '';
    } while (cursor !== '');
    expect(seen).toEqual([5, 4, 3, 2, 1].map(testUuid));
  });

  it('what was told a month ago is dropped, what waits is not', async () => {
    const { rules } = await answer<AlertRuleList>('GET', '/alerts/rules');
    const add = (id: string, days: number, delivered: boolean) =>
      query(
        `insert into alert_notifications (id, rule_id, body, created_at, next_at, delivered_at)
        values ($1, $2, '{}', $3, 'infinity', case when $4 then $3::timestamptz end)`,
        [id, rules[0]!.id, new Date(application.clock.time - days * 86_400_000), delivered],
      );
    await add('old', 31, true);
    await add('young', 29, true);
    await add('waits', 31, false);
    await application.app.get(Housekeeping, { strict: false }).round();
    const { rows } = await query('select id from alert_notifications order by id');
    expect(rows).toEqual([{ id: 'waits' }, { id: 'young' }]);
  });
});
