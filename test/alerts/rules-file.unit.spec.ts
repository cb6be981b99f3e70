import { parseRule } from '../../src/alerts/domain/parse-rule.js';
import { parseRulesFile } from '../../src/alerts/domain/rules-file.js';
import { A_RULE, ruleOf } from './rules.js';

describe('a rule', () => {
  it('has defaults for what need not be said', () => {
    expect(parseRule(A_RULE)).toEqual({
      ...A_RULE,
      currency: null,
      filter: { event_type: null, label: null },
      resolve_after_minutes: 5,
      min_clicks: 100,
      enabled: true,
      muted_until: null,
      repeat_hours: null,
      webhook_url: null,
    });
    expect(ruleOf({ metric: 'revenue', currency: 'EUR', threshold: '19.90' }).threshold).toBe(19.9);
    expect(ruleOf({ muted_until: '2026-03-02T11:00:00+01:00' }).muted_until).toBe('2026-03-02T10:00:00.000Z');
  });

  it.each<[Record<string, unknown>, string]>([
    [{ name: '' }, 'name'],
    [{ metric: 'clicks' }, 'metric'],
    [{ metric: 'revenue' }, 'currency'],
    [{ metric: 'revenue', currency: 'ABC' }, 'currency'],
    [{ currency: 'EUR' }, 'currency'],
    [{ filter: { event_type: 'click' } }, 'filter.event_type'],
    [{ filter: [] }, 'filter'],
    [{ metric: 'total_clicks', filter: { label: 'view' } }, 'filter.label'],
    [{ period: '2h' }, 'period'],
    [{ period: 0 }, 'period'],
    [{ condition: 'at' }, 'condition'],
    [{ metric: 'lag_ms', condition: 'rises_by_pct' }, 'condition'],
    [{ threshold: -1 }, 'threshold'],
    [{ threshold: '1e3' }, 'threshold'],
    [{ for_minutes: null }, 'for_minutes'],
    [{ for_minutes: 10_081 }, 'for_minutes'],
    [{ enabled: 'yes' }, 'enabled'],
    [{ muted_until: 1763800000 }, 'muted_until'],
    [{ muted_until: 'tomorrow' }, 'muted_until'],
    [{ muted_until: ['2026-03-02T11:00:00+01:00'] }, 'muted_until'],
    [{ muted_until: -1e14 }, 'muted_until'], // the year -1199, which RFC 3339 cannot write
    [{ muted_until: 1e300 }, 'muted_until'],
    [{ webhook_url: 'ftp://example.com' }, 'webhook_url'],
    [{ webhook_url: 'https://user:word@example.com' }, 'webhook_url'],
  ])('with %j is refused by its field', (members, field) => {
    expect.assertions(1);
    try {
      ruleOf(members);
    } catch (error) {
      expect((error as { errors: { field: string }[] }).errors.map((one) => one.field)).toEqual([field]);
    }
  });

  it('names all that is wrong together', () => {
    expect(() => parseRule({})).toThrow(/name .*metric .*period .*condition .*threshold .*for_minutes/);
    expect(() => parseRule([])).toThrow('must be a JSON object');
  });
});

describe('a file of rules', () => {
  it('holds them by their names', () => {
    const other = { ...A_RULE, name: 'another' };
    expect(parseRulesFile(JSON.stringify({ rules: [A_RULE, other] })).map(({ name }) => name)).toEqual([
      'the rate falls',
      'another',
    ]);
  });

  it.each([
    ['{', 'valid JSON'],
    ['[]', 'with at most 500'],
    [JSON.stringify({ rules: [A_RULE, A_RULE] }), 'two are "the rate falls"'],
    [JSON.stringify({ rules: [{ ...A_RULE, treshold: 1 }] }), 'rules[0].treshold is no field'],
    [JSON.stringify({ rules: [{ ...A_RULE, threshold: null }] }), 'rules[0].threshold must be'],
  ])('%s is refused', (text, message) => {
    expect(() => parseRulesFile(text)).toThrow(message);
  });
});
