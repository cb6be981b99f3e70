import fc from 'fast-check';
import type { AlertRule } from '../../src/alerts/domain/alert-rule.js';
import { type Finding, judge } from '../../src/alerts/domain/judgement.js';
import { NEW_WATCH, type NoticeKind, SILENCE_MS, step, TURN_MS, type Watch } from '../../src/alerts/domain/watch.js';
import { ruleOf } from './rules.js';

const START = Date.parse('2026-03-02T10:00:00.000Z');
/** H: holds, -: does not, n: no data, i: incomplete. */
const FINDINGS: Readonly<Record<string, Finding>> = {
  H: { judged: 'ok', holds: true, value: 1 },
  '-': { judged: 'ok', holds: false, value: 9 },
  n: { judged: 'no_data', holds: false, value: null },
  i: { judged: 'incomplete', holds: false, value: 1 },
};
const LETTERS = Object.keys(FINDINGS);

interface Turn {
  readonly watch: Watch;
  readonly notices: readonly NoticeKind[];
  readonly ended: 'dropped' | 'resolved' | null;
}

/** Every turn of a history, one letter each, 15 s apart. */
function turnsOf(history: string, rule: AlertRule): Turn[] {
  let watch = NEW_WATCH;
  let ids = 0;
  return [...history].map((letter, index) => {
    const made = step(watch, FINDINGS[letter]!, rule, START + index * TURN_MS, () => `alert-${(ids += 1)}`);
    watch = made.watch;
    return { watch, notices: made.notices, ended: made.ended?.as ?? null };
  });
}

/** The words of the watch, and the turn of each. */
const saidIn = (history: string, rule: AlertRule): string[] =>
  turnsOf(history, rule).flatMap(({ notices }, index) => notices.map((notice) => `${index} ${notice}`));

const phases = (history: string, rule: AlertRule): string =>
  turnsOf(history, rule)
    .map(({ watch }) => watch.phase[0])
    .join('');

const minute = (letter: string, minutes = 1): string => letter.repeat(4 * minutes);

describe('an alert', () => {
  it.each<[string, string, Record<string, unknown>, string, string[]]>([
    ['fires when it has held for a minute', 'HHHHHH', { for_minutes: 1 }, 'ppppff', ['4 firing']],
    ['fires at the first judgement with 0', 'H', { for_minutes: 0 }, 'f', ['0 firing']],
    ['is dropped when pending and over', 'HHH-HH', { for_minutes: 1 }, 'pppqpp', []],
    ['stands still while not judged', 'HHHnnnniiiHHH', { for_minutes: 1 }, 'ppppppppppppf', ['12 firing']],
    [
      'resolves when it has been over for a minute',
      'H----------',
      { for_minutes: 0, resolve_after_minutes: 1 },
      'fffffqqqqqq',
      ['0 firing', '5 resolved'],
    ],
    [
      'does not resolve while it comes back',
      'H---H---H---H',
      { for_minutes: 0, resolve_after_minutes: 1 },
      'fffffffffffff',
      ['0 firing'],
    ],
    [
      'does not resolve for want of data',
      `H${minute('n', 9)}`,
      { for_minutes: 0, resolve_after_minutes: 0 },
      'f'.repeat(37),
      ['0 firing'],
    ],
  ])('%s', (_, history, members, wanted, said) => {
    const rule = ruleOf(members);
    expect([phases(history, rule), saidIn(history, rule)]).toEqual([wanted, said]);
  });

  it('says once that nothing was judged for ten minutes, and again after a judgement', () => {
    expect(saidIn(minute('n', 12), ruleOf())).toEqual(['40 no_data']);
    expect(saidIn(`-${minute('i', 12)}-${minute('n', 12)}`, ruleOf())).toEqual(['40 no_data', '89 no_data']);
  });

  it('that is muted changes and says nothing; what still fires afterwards is told then', () => {
    const muted = (turns: number) => ruleOf({ for_minutes: 0, muted_until: START + turns * TURN_MS });
    expect(saidIn('HHHHHH', muted(4))).toEqual(['4 firing']);
    expect(saidIn(`H${minute('-', 6)}`, muted(4))).toEqual([]);
    expect(phases('HH', muted(4))).toBe('ff');
    expect(saidIn(minute('n', 12), muted(44))).toEqual(['44 no_data']);
  });

  it('is told again every repeat_hours, while it is judged', () => {
    const rule = ruleOf({ for_minutes: 0, repeat_hours: 1 });
    expect(saidIn(minute('H', 121), rule)).toEqual(['0 firing', '240 firing', '480 firing']);
    expect(saidIn(`${minute('H', 59)}${minute('n', 2)}H`, rule)).toEqual(['0 firing', '244 firing']);
  });

  it('counts little of a time in which nobody looked', () => {
    const rule = ruleOf({ for_minutes: 60 });
    const first = step(NEW_WATCH, FINDINGS.H!, rule, START, () => 'one').watch;
    const later = step(first, FINDINGS.H!, rule, START + 24 * 3_600_000, () => 'two').watch;
    expect(later).toMatchObject({ phase: 'pending', alertId: 'one', clockMs: 60_000 });
  });
});

const histories = fc
  .array(fc.tuple(fc.constantFrom(...LETTERS), fc.integer({ min: 1, max: 50 })), { maxLength: 10 })
  .map((runs) => runs.map(([letter, times]) => letter.repeat(times)).join(''));
const rules = fc
  .record({ for_minutes: fc.integer({ min: 0, max: 6 }), resolve_after_minutes: fc.integer({ min: 0, max: 6 }) })
  .map(ruleOf);

/** Looked at from the end: for how long the last judgements were alike, without the times beside a turn that was not judged. */
function alikeMs(history: string): number {
  const last = [...history].findLast((letter) => 'H-'.includes(letter));
  let ms = 0;
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const letter = history[index]!;
    if ('H-'.includes(letter) && letter !== last) break;
    if (letter === last && history[index - 1] === last) ms += TURN_MS;
  }
  return ms;
}

describe('laws of any history', () => {
  it('it fires exactly when it has held for long enough, and resolves exactly when it has not', () => {
    fc.assert(
      fc.property(histories, rules, (history, rule) => {
        let firing = false;
        const wanted = [...history].map((letter, index) => {
          const alike = alikeMs(history.slice(0, index + 1));
          const fires = letter === 'H' && !firing && alike >= rule.for_minutes * 60_000;
          const resolves = letter === '-' && firing && alike >= rule.resolve_after_minutes * 60_000;
          if (fires || resolves) firing = fires;
          return { fires, resolves, firing };
        });
        const found = turnsOf(history, rule).map(({ notices, watch }) => ({
          fires: notices.includes('firing'),
          resolves: notices.includes('resolved'),
          firing: watch.phase === 'firing',
        }));
        expect(found).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
  });

  it('a turn that is not judged changes no phase, and each long silence is said once', () => {
    fc.assert(
      fc.property(histories, rules, (history, rule) => {
        const turns = turnsOf(history, rule);
        const changed = turns.filter(({ watch, ended }, index) => {
          const before = turns[index - 1]?.watch ?? NEW_WATCH;
          const same = (['phase', 'alertId', 'firedAt'] as const).every((name) => watch[name] === before[name]);
          return !'H-'.includes(history[index]!) && (!same || ended !== null);
        });
        expect(changed).toEqual([]);
        // Up to a run's first turn nothing was unjudged before it, unless it begins the history.
        const long = history
          .split(/[H-]/)
          .filter((run, index) => (run.length - (index === 0 ? 1 : 0)) * TURN_MS >= SILENCE_MS);
        expect(turns.flatMap(({ notices }) => notices).filter((notice) => notice === 'no_data')).toHaveLength(
          long.length,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('an alert that ended has another id than the next, and one that is open keeps its own', () => {
    fc.assert(
      fc.property(histories, rules, (history, rule) => {
        const turns = turnsOf(history, rule);
        const ids = turns.flatMap(({ watch: { alertId } }) => alertId ?? []);
        expect(ids.filter((id, index) => id !== ids[index - 1])).toEqual([...new Set(ids)]);
        expect(turns.filter(({ watch }) => (watch.alertId === null) !== (watch.phase === 'quiet'))).toEqual([]);
      }),
    );
  });
});

describe('a judgement', () => {
  const complete = { clicks: 1000, complete: true };

  it.each<[string, Record<string, unknown>, number | null, number | null, string, boolean]>([
    ['below', { condition: 'below', threshold: 5 }, 4.99, null, 'ok', true],
    ['equal is not below', { condition: 'below', threshold: 5 }, 5, null, 'ok', false],
    ['above', { condition: 'above', threshold: 5 }, 5.01, null, 'ok', true],
    ['equal is not above', { condition: 'above', threshold: 5 }, 5, null, 'ok', false],
    ['drops by more', { condition: 'drops_by_pct', threshold: 20 }, 7.9, 10, 'ok', true],
    ['drops by as much', { condition: 'drops_by_pct', threshold: 20 }, 8, 10, 'ok', false],
    ['rises by more', { condition: 'rises_by_pct', threshold: 20 }, 12.1, 10, 'ok', true],
    ['nothing to compare with', { condition: 'rises_by_pct', threshold: 20 }, 12.1, 0, 'no_data', false],
    ['an unknown lag', { metric: 'lag_ms', condition: 'above', threshold: 60_000 }, null, null, 'ok', true],
    ['a short lag', { metric: 'lag_ms', condition: 'above', threshold: 60_000 }, 60_000, null, 'ok', false],
  ])('%s', (_, members, value, before, judged, holds) => {
    const earlier = before === null ? null : { value: before, ...complete };
    expect(judge(ruleOf(members), { value, ...complete }, earlier)).toEqual({ judged, holds, value });
  });

  it('waits for figures that are complete, but of lag and dead letters', () => {
    const stale = { value: 100, clicks: 1000, complete: false };
    expect(judge(ruleOf(), { ...stale, value: 0 }, null).judged).toBe('incomplete');
    const relative = ruleOf({ condition: 'drops_by_pct' });
    expect(judge(relative, { value: 1, ...complete }, stale).judged).toBe('incomplete');
    expect(judge(ruleOf({ metric: 'dead_letters', condition: 'above' }), stale, null)).toMatchObject({
      judged: 'ok',
      holds: true,
    });
  });

  it('of a rate needs min_clicks, and of clicks themselves none', () => {
    expect(judge(ruleOf(), { value: 0, clicks: 99, complete: true }, null).judged).toBe('no_data');
    expect(judge(ruleOf(), { value: 0, clicks: 100, complete: true }, null)).toMatchObject({
      judged: 'ok',
      holds: true,
    });
    expect(judge(ruleOf({ min_clicks: 0 }), { value: 0, clicks: 0, complete: true }, null).judged).toBe('no_data');
    const clicks = ruleOf({ metric: 'total_clicks' });
    expect(judge(clicks, { value: 0, clicks: 0, complete: true }, null)).toMatchObject({ judged: 'ok', holds: true });
  });
});
