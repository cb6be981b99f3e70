import fc from 'fast-check';
import { AMOUNT_BOUNDS } from '../../src/metrics/domain/amount-bounds.js';
import { changesOf } from '../../src/metrics/domain/comparison.js';
import { figuresOf, type LabelledCount } from '../../src/metrics/domain/figures.js';
import { type ConsumerSign, lagOf } from '../../src/metrics/domain/freshness.js';
import { average, money, tenThousandths } from '../../src/metrics/domain/money.js';

describe('money', () => {
  it.each([
    ['0', '0.00'],
    ['19.9', '19.90'],
    ['19.90000', '19.90'],
    ['0.0001', '0.0001'],
    ['7.125', '7.125'],
    ['123456789012345678901234.5', '123456789012345678901234.50'],
  ])('%s is shown as %s', (decimal, text) => {
    expect(money(tenThousandths(decimal))).toBe(text);
  });

  it('shows what is owed with its sign', () => expect(money(-201_000n)).toBe('-20.10'));

  it.each([
    [1n, 3, 0n],
    [1n, 2, 1n],
    [5n, 3, 2n],
    [10n, 3, 3n],
    [0n, 0, null],
  ])('%d ten-thousandths over %d is %d, half up', (total, count, mean) => {
    expect(average(total, count)).toBe(mean);
  });

  it('an average times its count is the total, to half a unit each', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.integer({ min: 1, max: 1e6 }), (total, count) => {
        const off = average(total, count)! * BigInt(count) - total;
        expect(2n * (off < 0n ? -off : off)).toBeLessThanOrEqual(BigInt(count));
      }),
    );
  });
});

describe('bounds of the histogram of amounts', () => {
  it('are 1, 2 and 5 of each power of ten, ascending', () => {
    expect(AMOUNT_BOUNDS.slice(0, 8)).toEqual(['0.00', '0.01', '0.02', '0.05', '0.10', '0.20', '0.50', '1.00']);
    expect(AMOUNT_BOUNDS.at(-1)).toBe('50000000000.00');
    expect(AMOUNT_BOUNDS.map(Number)).toEqual([...AMOUNT_BOUNDS].map(Number).sort((a, b) => a - b));
  });
});

describe('labels of clicks', () => {
  const click = (label: string, events: number): LabelledCount => ({
    eventType: 'click',
    label,
    events,
    amount: '0',
    unpriced: 0,
  });

  it('votes, views and scrolls are no clicks; only votes are reactions', () => {
    const counts = [click('', 5), click('cheers', 2), click('hate', 1), click('view', 7), click('scroll', 11)];
    expect(figuresOf(counts, true)).toMatchObject({
      total_clicks: 5,
      total_votes: 3,
      total_views: 7,
      reactions: [
        { reaction: 'cheers', votes: 2 },
        { reaction: 'hate', votes: 1 },
      ],
    });
    expect(changesOf(figuresOf([click('view', 9)], true), figuresOf(counts, true)).total_views).toEqual({
      absolute: 2,
      percent: 28.57,
    });
  });
});

describe('changes', () => {
  const sale = (label: string, events: number, amount: string): LabelledCount => ({
    eventType: 'sale',
    label,
    events,
    amount,
    unpriced: 0,
  });
  const clicks = (events: number): LabelledCount => ({
    eventType: 'click',
    label: '',
    events,
    amount: '0',
    unpriced: 0,
  });
  const conversions = (events: number): LabelledCount => ({
    eventType: 'conversion',
    label: '',
    events,
    amount: '0',
    unpriced: 0,
  });

  it('are absolute and in percent of what was; null where that was nothing', () => {
    const now = figuresOf([clicks(150), conversions(15), sale('EUR', 2, '30'), sale('USD', 1, '5')], true);
    const before = figuresOf([clicks(200), sale('EUR', 1, '40.1'), sale('GBP', 1, '1')], true);
    expect(changesOf(now, before)).toEqual({
      total_clicks: { absolute: -50, percent: -25 },
      total_conversions: { absolute: 15, percent: null },
      total_sales: { absolute: 1, percent: 50 },
      conversion_rate: { absolute: 10, percent: null },
      total_votes: { absolute: 0, percent: null },
      total_views: { absolute: 0, percent: null },
      revenue: [
        { currency: 'EUR', absolute: '-10.10', percent: -25.19 },
        { currency: 'GBP', absolute: '-1.00', percent: -100 },
        { currency: 'USD', absolute: '5.00', percent: null },
      ],
    });
  });

  it('of a rate that a filter makes meaningless are null', () => {
    const one = figuresOf([clicks(1)], false);
    expect([one.conversion_rate, changesOf(one, one).conversion_rate]).toEqual([null, null]);
  });
});

describe('lag', () => {
  const TOPICS = ['a', 'b'];
  const sign = (topic: string, more: Partial<ConsumerSign> = {}): ConsumerSign => ({
    topic,
    lagMs: 0,
    delayed: 0,
    stillMs: 0,
    settledAgoMs: null,
    unseen: null,
    problem: null,
    ageMs: 500,
    ...more,
  });
  const STILL = { lagMs: 40_000, stillMs: 30_000 };
  const BLIND = { lagMs: null, stillMs: null, unseen: 'the broker cannot be asked' };
  const dead = (topic: string, settledAgoMs: number) => sign(topic, { lagMs: null, settledAgoMs, ageMs: 60_000 });
  const reasons = (signs: readonly ConsumerSign[]) => {
    const { lagMs, missing } = lagOf(TOPICS, signs);
    return [lagMs, missing.map(({ topic, reason }) => `${topic} ${reason}`)];
  };

  it.each<[string, ConsumerSign[], unknown]>([
    ['nobody is there', [], [null, ['a no_consumer', 'b no_consumer']]],
    ['all is well', [sign('a', { lagMs: 12 }), sign('b', { lagMs: 7 })], [12, []]],
    ['one topic has nobody', [sign('a')], [0, ['b no_consumer']]],
    [
      'a consumer died: its row counts no longer',
      [sign('a', { ageMs: 10_001, lagMs: 99_999 }), sign('a'), sign('b')],
      [0, []],
    ],
    ['the last consumer died', [sign('a', { ageMs: 10_001 }), sign('b')], [0, ['a no_consumer']]],
    ['one of two replicas is cut off', [sign('a', { problem: 'refused' }), sign('a'), sign('b')], [0, []]],
    ['all replicas are cut off', [sign('a', { problem: 'refused' }), sign('b')], [0, ['a disconnected']]],
    ['one replica is behind', [sign('a', { lagMs: 10_001 }), sign('a'), sign('b')], [10_001, ['a lagging']]],
    ['ten seconds are not yet behind', [sign('a', { lagMs: 10_000 }), sign('b')], [10_000, []]],
    ['a topic that is no longer configured', [sign('a'), sign('b'), sign('c', { lagMs: 99_999 })], [0, []]],
    [
      'nothing moves on any replica that sees it',
      [sign('a', STILL), sign('a', STILL), sign('a', BLIND), sign('b')],
      [40_000, ['a stalled']],
    ],
    ['something moves on one replica', [sign('a', STILL), sign('a'), sign('b')], [40_000, ['a lagging']]],
    ['what is still for less than 30 s', [sign('a', { lagMs: 9000, stillMs: 29_999 }), sign('b')], [9000, []]],
    [
      'nothing moves, and nobody is connected',
      [sign('a', { ...STILL, problem: 'refused' }), sign('b')],
      [40_000, ['a disconnected']],
    ],
    ['the broker cannot be asked', [sign('a', BLIND), sign('b')], [null, ['a unknown']]],
    ['one of two replicas cannot ask', [sign('a', BLIND), sign('a', { lagMs: 7 }), sign('b')], [7, []]],
    [
      'a process that began with a backlog, and none before it',
      [sign('a', { lagMs: null }), sign('b')],
      [null, ['a unknown']],
    ],
    [
      'a process that began with a backlog goes on from where the last one was',
      [sign('a', { lagMs: null }), dead('a', 15_000), dead('a', 12_000.4), dead('b', 1), sign('b')],
      [12_000, ['a lagging']],
    ],
    ['the last one was near', [sign('a', { lagMs: null }), dead('a', 4000), sign('b')], [4000, []]],
    ['who cannot ask goes on from nowhere', [sign('a', BLIND), dead('a', 4000), sign('b')], [null, ['a unknown']]],
  ])('%s', (_, signs, expected) => {
    expect(reasons(signs)).toEqual(expected);
  });

  it('delayed messages are no lag: of each topic what the replica says that sees the most', () => {
    const signs = [
      sign('a', { delayed: 3 }),
      sign('a', { delayed: 2 }),
      sign('b', { delayed: 4 }),
      sign('c', { delayed: 9 }),
    ];
    expect(lagOf(TOPICS, signs)).toEqual({ lagMs: 0, delayed: 7, missing: [] });
  });

  it('what stalls a topic, and what cannot be asked, comes with what to do', () => {
    const { missing } = lagOf(TOPICS, [sign('a', STILL), sign('b', BLIND)]);
    expect(missing[0]!.detail).toContain('pulsar-admin topics skip -n 1 -s SUBSCRIPTION a');
    expect(missing[1]!.detail).toBe('the broker cannot be asked');
  });
});
