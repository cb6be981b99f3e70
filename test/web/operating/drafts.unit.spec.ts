import { CONDITIONS, isOfNow, isRelative, METRICS } from '../../../src/alerts/domain/alert-rule.js';
import * as domain from '../../../src/alerts/domain/alert-rule.js';
import { parseRule } from '../../../src/alerts/domain/parse-rule.js';
import { viewOf } from '../../../src/alerts/application/rules/rule-views.js';
import * as kinds from '../../../src/web/app/src/parts/alerts/kinds.js';
import { bodyOf, changedRule, draftOf, NEW_DRAFT, NEW_KEPT } from '../../../src/web/app/src/views/alerts/form/draft.js';
import { lastedMs, standingOf } from '../../../src/web/app/src/views/alerts/standing.js';
import { ruleOf } from '../../alerts/rules.js';

const NOW = Date.parse('2026-01-15T12:00:00.000Z');

const viewed = (members: Readonly<Record<string, unknown>>) =>
  viewOf({ id: 'r', source: 'api', rule: ruleOf(members), createdAt: NOW, updatedAt: NOW, last: null }, true);

describe('what the pages know of rules', () => {
  it('is what the service knows', () => {
    expect([...kinds.METRICS]).toEqual([...METRICS]);
    expect([...kinds.CONDITIONS]).toEqual([...CONDITIONS]);
    expect(METRICS.map((metric) => kinds.isOfNow(metric))).toEqual(METRICS.map(isOfNow));
    expect(CONDITIONS.map((condition) => kinds.isRelative(condition))).toEqual(CONDITIONS.map(isRelative));
    const labelled = METRICS.filter((metric) => kinds.countedType(metric) !== null);
    expect(labelled).toEqual(['total_conversions', 'total_sales']);
    for (const metric of labelled) expect(kinds.countedType(metric)).toBe(domain.COUNTED_TYPE[metric]);
  });
});

describe('a rule in the fields of the form', () => {
  it('is what the service takes, as it begins', () => {
    const rule = parseRule({ ...bodyOf(NEW_DRAFT, NEW_KEPT), name: 'x' });
    expect(rule).toMatchObject({ metric: 'conversion_rate', period: '1h', condition: 'below', threshold: 5 });
  });

  it.each([
    { period: 90, min_clicks: 7, repeat_hours: 12, webhook_url: 'https://hooks.example.com/x' },
    { metric: 'revenue', currency: 'GBP', threshold: '19.9' },
    { metric: 'total_conversions', filter: { label: 'signup' }, period: '7d', condition: 'drops_by_pct' },
    { metric: 'total_sales', filter: { label: 'EUR' }, condition: 'rises_by_pct', for_minutes: 0 },
    { metric: 'lag_ms', condition: 'above', threshold: 60_000, resolve_after_minutes: 0 },
    { enabled: false, muted_until: '2026-01-16T00:00:00.000Z' },
  ])('comes back as it was: %j', (members) => {
    const view = viewed(members);
    expect(parseRule(bodyOf(draftOf(view), view))).toEqual(ruleOf(members));
    expect(parseRule(changedRule(view, {}))).toEqual(ruleOf(members));
  });

  it('leaves out what has no meaning for what is watched', () => {
    const draft = { ...NEW_DRAFT, label: 'signup', condition: 'drops_by_pct' as const };
    expect(bodyOf({ ...draft, metric: 'dead_letters' }, NEW_KEPT)).toMatchObject({
      currency: null,
      filter: { label: null },
      period: '1h',
      condition: 'above',
    });
    expect(bodyOf({ ...draft, metric: 'total_conversions' }, NEW_KEPT)).toMatchObject({
      filter: { label: 'signup' },
      condition: 'drops_by_pct',
    });
  });

  it('sends what is no figure as it was written: the service says what is wrong with it', () => {
    const { threshold, for_minutes, repeat_hours } = bodyOf(
      { ...NEW_DRAFT, threshold: '5,5', forMinutes: '' },
      NEW_KEPT,
    );
    expect([threshold, for_minutes, repeat_hours]).toEqual(['5,5', null, null]);
  });

  it('is muted or enabled without anything else of it changing', () => {
    const view = viewed({ metric: 'total_clicks', filter: { event_type: 'click' } });
    const muted = parseRule(changedRule(view, { muted_until: '2026-02-01T00:00:00.000Z' }));
    expect(domain.judgesLike(muted, ruleOf({ metric: 'total_clicks', filter: { event_type: 'click' } }))).toBe(true);
  });
});

describe('how a rule stands', () => {
  it.each([
    [{ enabled: false, judged: 'ok' }, 'firing', 'off'],
    [{ enabled: true, judged: 'incomplete' }, 'firing', 'firing'],
    [{ enabled: true, judged: 'ok' }, 'pending', 'pending'],
    [{ enabled: true, judged: 'no_data' }, undefined, 'unjudged'],
    [{ enabled: true, judged: null }, undefined, 'waiting'],
    [{ enabled: true, judged: 'ok' }, 'resolved', 'quiet'],
  ] as const)('%j with an alert that is %s: %s', (rule, state, standing) => {
    expect(standingOf(rule, state && { state })).toBe(standing);
  });

  it('lasts until now, or until it is over, and no less than nothing', () => {
    const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();
    expect(lastedMs({ started_at: at(0), resolved_at: null }, NOW + 5_000)).toBe(5_000);
    expect(lastedMs({ started_at: at(0), resolved_at: at(2) }, NOW + 5_000)).toBe(2_000);
    expect(lastedMs({ started_at: at(1), resolved_at: null }, NOW)).toBe(0);
  });
});
