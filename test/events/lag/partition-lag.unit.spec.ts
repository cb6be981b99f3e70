import fc from 'fast-check';
import { OPEN_TRANSACTION_MS, PartitionLag } from '../../../src/events/infrastructure/pulsar/lag/partition-lag.js';
import type { SubscriptionPosition } from '../../../src/platform/pulsar/message-broker.port.js';

const LEDGER = 7n;

interface Told {
  /** Entries published, and of them acknowledged without a gap. */
  readonly published: number;
  readonly settled: number;
  /** Entries that are not acknowledged; default: those behind `settled`. */
  readonly waiting?: number | null;
  readonly delayed?: number | null;
  readonly ledger?: bigint;
  readonly added?: number | null;
  readonly held?: number;
  readonly given?: number;
  readonly heldBack?: number;
  /** Of the last so many entries all but those of `settled` are acknowledged, and no other entry is; absent: nobody says which are. */
  readonly acknowledgedLast?: number;
  readonly mayBeDelayed?: number;
}

const big = (count: number | null) => (count === null ? null : BigInt(count));

const position = (told: Told): SubscriptionPosition => {
  const { published, settled, waiting = published - settled, delayed = 0, ledger = LEDGER, added = published } = told;
  return {
    partition: -1,
    last: { ledger, entry: BigInt(published - 1) },
    settled: { ledger, entry: BigInt(settled - 1) },
    added: big(added),
    waiting: big(waiting),
    delayed: big(delayed),
    held: told.held ?? 0,
    given: BigInt(told.given ?? 0),
    ...(told.heldBack !== undefined && { heldBack: BigInt(told.heldBack) }),
    ...(told.acknowledgedLast !== undefined && {
      mayBeDelayed: BigInt(told.mayBeDelayed ?? told.delayed ?? 0),
      unsettledUpTo: ({ entry }) => {
        const [end, gapEnds] = [Number(entry) + 1, published - told.acknowledgedLast!];
        return BigInt(Math.max(0, Math.min(end, gapEnds) - settled));
      },
    }),
  };
};

/** Told once a second from second 0 on; each may say what this process has in hand. */
function after(answers: readonly (Told & { open?: number; byUs?: number })[]) {
  const lag = new PartitionLag();
  answers.forEach(({ open = 0, byUs = 0, ...told }, second) =>
    lag.tell(second * 1000, position(told), { open, settled: byUs }),
  );
  const now = (answers.length - 1) * 1000;
  return { lagMs: lag.lagMs(now), delayed: Number(lag.delayed), stillMs: lag.stillMs(now) };
}

describe('the lag of a partition', () => {
  const stuck = { published: 5, settled: 2 };

  /** All that can be delivered is settled, so often. */
  const heldBack = (published: number, times: number) =>
    Array.from({ length: times }, () => ({ published, settled: published, heldBack: 3 }));
  const seconds = OPEN_TRANSACTION_MS / 1000;

  it.each<[string, Parameters<typeof after>[0], Partial<ReturnType<typeof after>>]>([
    ['an empty topic', [{ published: 0, settled: 0 }], { lagMs: 0, stillMs: 0 }],
    ['all is settled', [{ published: 5, settled: 5 }], { lagMs: 0, stillMs: 0 }],
    ['a backlog older than the process', [stuck, stuck, stuck], { lagMs: null }],
    [
      'since the newest end that is settled',
      [{ published: 2, settled: 0 }, { published: 5, settled: 0 }, stuck],
      { lagMs: 2000 },
    ],
    [
      'since all was settled',
      [{ published: 2, settled: 2 }, { published: 5, settled: 2 }, stuck, stuck],
      { lagMs: 3000 },
    ],
    [
      'the backlog that stood at the start is settled, and more has come',
      [stuck, { published: 9, settled: 4 }, { published: 11, settled: 5 }],
      { lagMs: 2000 },
    ],
    ['behind a transaction that is open for less than 2 minutes', heldBack(5, seconds), { lagMs: 0, stillMs: 0 }],
    [
      'behind one that is open for longer',
      heldBack(5, seconds + 1),
      { lagMs: OPEN_TRANSACTION_MS, stillMs: OPEN_TRANSACTION_MS },
    ],
    ['behind one after the other', [...heldBack(5, seconds), ...heldBack(7, seconds)], { lagMs: 0, stillMs: 0 }],
    ['once it has ended', [...heldBack(5, 2 * seconds), { published: 8, settled: 8 }], { lagMs: 0, stillMs: 0 }],
    [
      'only delayed messages are left',
      [{ published: 5, settled: 2, waiting: 2, delayed: 2 }],
      { lagMs: 0, delayed: 2, stillMs: 0 },
    ],
    [
      'traffic beside delayed messages: no more wait than came since',
      [
        { published: 10, settled: 2, waiting: 2, delayed: 2 },
        { published: 20, settled: 2, waiting: 12, delayed: 2 },
        { published: 30, settled: 2, waiting: 12, delayed: 2 },
      ],
      { lagMs: 1000, delayed: 2 },
    ],
    [
      'others overtake those that are stuck beside a delayed one',
      [
        { published: 5, settled: 5 },
        ...[0, 10, 20, 30, 40].map((more) => ({
          ...{ published: 9 + more, settled: 5, waiting: 4, delayed: 1, acknowledgedLast: more },
        })),
      ],
      { lagMs: 5000, delayed: 1 },
    ],
    [
      'others overtake one that is stuck beside delayed ones, of which most were published after it',
      [
        { published: 5, settled: 5 },
        { published: 7, settled: 5, waiting: 2, delayed: 1, acknowledgedLast: 0 },
        ...[0, 10, 20, 30].map((more) => ({
          ...{ published: 16 + more, settled: 5, waiting: 11, delayed: 10, acknowledgedLast: more },
        })),
      ],
      { lagMs: 5000, delayed: 10 },
    ],
    [
      'others overtake delayed ones that were not read when they were published',
      [
        { published: 5, settled: 5 },
        { published: 9, settled: 5, waiting: 4, delayed: 1, acknowledgedLast: 0, mayBeDelayed: 4 },
        { published: 19, settled: 5, waiting: 5, delayed: 4, acknowledgedLast: 10, mayBeDelayed: 4 },
      ],
      { lagMs: 1000, delayed: 4 },
    ],
    [
      'a delayed message whose time has come is due since then, not since it was published',
      [
        ...Array<Told>(20).fill({ published: 5, settled: 2, waiting: 3, delayed: 3 }),
        { published: 5, settled: 2, waiting: 3, delayed: 0 },
      ],
      { lagMs: 1000, delayed: 0 },
    ],
    [
      'a message waits among delayed ones',
      [{ published: 5, settled: 5 }, ...Array<Told>(40).fill({ published: 9, settled: 5, waiting: 4, delayed: 3 })],
      { lagMs: 40_000, delayed: 3, stillMs: 39_000 },
    ],
    [
      'nobody counts entries: positions alone',
      [
        { published: 2, settled: 2, waiting: null, delayed: null, added: null },
        { published: 5, settled: 2, waiting: null, delayed: null, added: null },
      ],
      { lagMs: 1000, stillMs: 0 },
    ],
    [
      'a new ledger that is empty lies behind what is settled',
      [
        { published: 5, settled: 5 },
        { published: 0, settled: 0, ledger: 9n, waiting: 0, added: 5 },
      ],
      { lagMs: 0 },
    ],
  ])('%s', (_, answers, expected) => {
    expect(after(answers)).toMatchObject(expected);
  });

  describe('stands still', () => {
    const seconds = (count: number, told: Told & { open?: number; byUs?: number }) =>
      Array<typeof told>(count).fill(told);

    it.each<[string, Parameters<typeof after>[0], number]>([
      ['from the first answer on', seconds(11, stuck), 10_000],
      ['since mark-delete moved', [...seconds(5, stuck), ...seconds(8, { published: 5, settled: 3 })], 7000],
      ['not while more comes and goes', [...seconds(5, stuck), { published: 7, settled: 4 }], 0],
      ['while more comes', [...seconds(5, stuck), { published: 70, settled: 2 }], 5000],
      [
        'while more comes, also between the two figures of an answer',
        [0, 1, 0, 2, 1, 0, 3].map((between, n) => ({ published: 9 + 3 * n, settled: 2, waiting: 7 + 3 * n + between })),
        6000,
      ],
      [
        'not while a delayed one waits in front of others that come again, since the cursor was reset',
        [1, 48, 40, 30, 20].map((waiting) => ({ published: 50, settled: 2, waiting, delayed: 1 })),
        0,
      ],
      [
        'since the last of these came',
        [1, 48, 40, 30, 30, 30].map((waiting, n) => ({
          published: 50 + n,
          settled: 2,
          waiting: waiting + n,
          delayed: 1,
        })),
        2000,
      ],
      [
        'while more comes that a transaction holds back, also between the two figures of an answer',
        [0, 1, 0, 2, 1, 0, 3].map((heldBack, n) => ({
          ...{ published: 9, settled: 2, waiting: 7 + heldBack, delayed: 1, heldBack: heldBack + n },
        })),
        6000,
      ],
      ['not while the rest of a message in chunks has not come', seconds(9, { ...stuck, held: 3 }), 0],
      ['not while others have the rest', seconds(9, { ...stuck, held: 1, given: 3 }), 0],
      [
        'while chunks are held, and the broker does not deliver what is behind them',
        seconds(9, { ...stuck, held: 2 }),
        8000,
      ],
      ['not while only delayed ones are behind them', seconds(9, { ...stuck, held: 2, delayed: 1 }), 0],
      [
        'not while nobody counts what is behind them',
        seconds(9, { ...stuck, held: 2, waiting: null, delayed: null, added: null }),
        0,
      ],
      ['since one behind a gap was settled', [...seconds(5, stuck), ...seconds(4, { ...stuck, waiting: 2 })], 3000],
      ['since this process settled one', [...seconds(5, stuck), ...seconds(4, { ...stuck, byUs: 1 })], 3000],
      ['not while messages are in hand here', [...seconds(9, stuck), { ...stuck, open: 1 }], 0],
      ['since none is in hand any more', [...seconds(9, { ...stuck, open: 1 }), ...seconds(4, stuck)], 3000],
      ['not while only delayed ones wait', seconds(9, { ...stuck, delayed: 3 }), 0],
      ['not while nothing waits', seconds(9, { published: 3, settled: 3 }), 0],
      ['anew in another topic of the name', [...seconds(9, stuck), ...seconds(3, { published: 2, settled: 1 })], 2000],
    ])('%s', (_, answers, expected) => {
      expect(after(answers).stillMs).toBe(expected);
    });
  });

  it('starts over with another topic of the name', () => {
    const answers = [
      { published: 50, settled: 50 },
      { published: 3, settled: 1 },
      { published: 4, settled: 1 },
    ];
    expect(after(answers).lagMs).toBeNull();
    expect(after([...answers, { published: 5, settled: 3 }]).lagMs).toBe(2000);
  });

  it('counts of another broker are not compared with those of the one before', () => {
    const delayed = { waiting: 2, delayed: 2 };
    const before = [
      { published: 10, settled: 2, ...delayed },
      { published: 20, settled: 2, waiting: 12, delayed: 2 },
    ];
    // Loaded anew it counts from 0. By the old count (20) all of it would be settled at 40 − 12 + 2.
    const loaded = { published: 21, settled: 2, waiting: 13, delayed: 2, added: 15 };
    expect(after([...before, loaded]).lagMs).toBe(2000);
    expect(after([...before, loaded, { ...loaded, published: 61, added: 55, waiting: 23 }]).lagMs).toBe(1000);
  });

  it('without an answer it grows from where it was', () => {
    const lag = new PartitionLag();
    lag.tell(1000, position({ published: 5, settled: 5 }), { open: 0, settled: 0 });
    expect(lag.lagMs(1900)).toBe(0);
    lag.lose();
    expect(lag.lagMs(5000)).toBe(4000);
  });

  /** One entry, published and settled at whole seconds; a delayed one is due later. */
  const entry = fc.record({ published: fc.nat(60), takes: fc.nat(30), delay: fc.oneof(fc.constant(0), fc.nat(40)) });

  it('is never less than the age of what waits and is due, and 0 only where nothing does', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), fc.boolean(), (unordered, withCounts) => {
        const entries = unordered
          .sort((a, b) => a.published - b.published)
          .map(({ published, takes, delay }) => {
            const due = published + (withCounts ? delay : 0);
            return { published, due, settled: due + takes };
          });
        // Whoever settles takes what is due in its order: that is what counts can know.
        let latest = 0;
        for (const one of [...entries].sort((a, b) => a.due - b.due || a.published - b.published))
          latest = one.settled = Math.max(one.settled, latest);
        const lag = new PartitionLag();
        const wrong: unknown[] = [];
        for (let now = 0; now <= 140; now++) {
          const published = entries.filter((one) => one.published < now);
          const open = published.filter((one) => one.settled >= now);
          const held = open.filter((one) => one.due >= now);
          const gap = published.findIndex((one) => one.settled >= now);
          const told = {
            published: published.length,
            settled: gap < 0 ? published.length : gap,
            waiting: withCounts ? open.length : null,
            delayed: withCounts ? held.length : null,
            added: withCounts ? published.length : null,
          };
          lag.tell(now * 1000, position(told), { open: 0, settled: 0 });
          const ages = open.filter((one) => one.due < now).map((one) => (now - one.due) * 1000);
          const lagMs = lag.lagMs(now * 1000);
          const right = lagMs !== null && lagMs >= Math.max(0, ...ages) - 1000 && lagMs > 0 === ages.length > 0;
          if (!right) wrong.push({ now, lagMs, ages });
        }
        expect(wrong).toEqual([]);
        expect(lag.lagMs(140_000)).toBe(0);
      }),
    );
  });
});
