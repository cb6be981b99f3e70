import fc from 'fast-check';
import { figuresOf } from '../../src/consolidated/domain/figures.js';
import type { Account, Post, User } from '../../src/consolidated/domain/post.js';
import { bestEngagement, topAccounts, topUsers } from '../../src/consolidated/domain/rankings.js';
import { trendsOf } from '../../src/consolidated/domain/trends.js';

const figure = fc.option(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1e9 })));
const posts = fc
  .array(
    fc.record({
      postId: fc.oneof(fc.integer({ min: 1, max: 1e6 }).map(String), fc.integer({ min: 1, max: 1e6 })),
      usernameTiktokAccount: fc.option(fc.constantFrom('@a', '@b', '@c', '@d', '@e', '@f', '@g')),
      views: figure,
      likes: figure,
      totalInteractions: figure,
      // Hundredths: exact as whole numbers in the independent calculation.
      engagement: fc.option(fc.integer({ min: 0, max: 100_000 }).map((hundredths) => hundredths / 100)),
      datePosted: fc.option(
        fc.integer({ min: 0, max: 5_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
      ),
    }),
    { maxLength: 60 },
  )
  .map((all): Post[] => [...new Map(all.map((post) => [String(post.postId), post])).values()]);

/** In hundredths, whole. */
const hundredths = (post: Post) => Math.round((post.engagement ?? 0) * 100);
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const near = (actual: number, expected: number, within: number) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(within);
/** Numbers before texts. */
const idOrder = (one: string | number, other: string | number) => {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'number') return -1;
  if (typeof other === 'number') return 1;
  return one < other ? -1 : one > other ? 1 : 0;
};

describe('the formulas of the summary, against a calculation of their own', () => {
  it('totals and the mean of what is not zero', () => {
    fc.assert(
      fc.property(posts, (all) => {
        const actual = figuresOf(all);
        expect(actual.views).toBe(total(all.map((post) => post.views ?? 0)));
        expect(actual.likes).toBe(total(all.map((post) => post.likes ?? 0)));
        expect(actual.interactions).toBe(total(all.map((post) => post.totalInteractions ?? 0)));
        const counted = all.map(hundredths).filter((value) => value > 0);
        near(actual.averageEngagement, counted.length === 0 ? 0 : total(counted) / counted.length / 100, 0.005_001);
      }),
    );
  });

  it('the accounts with the largest sums, and the best posts: any order of the posts gives the same', () => {
    fc.assert(
      fc.property(posts, fc.infiniteStream(fc.nat()), (all, order) => {
        const names = [...new Set(all.flatMap((post) => post.usernameTiktokAccount ?? []))];
        const expected = names
          .map((account) => {
            const own = all.filter((post) => post.usernameTiktokAccount === account);
            return { account, sum: total(own.map(hundredths)), post_count: own.length };
          })
          .sort((one, other) => other.sum - one.sum || (one.account < other.account ? -1 : 1))
          .slice(0, 5);
        const actual = topAccounts(all);
        expect(actual.map(({ account, post_count }) => ({ account, post_count }))).toEqual(
          expected.map(({ account, post_count }) => ({ account, post_count })),
        );
        actual.forEach(({ total_engagement }, index) => expect(total_engagement).toBe(expected[index]!.sum / 100));

        const best = [...all]
          .sort((one, other) => hundredths(other) - hundredths(one) || idOrder(one.postId, other.postId))
          .slice(0, 5);
        expect(bestEngagement(all).map(({ post_id }) => post_id)).toEqual(best.map(({ postId }) => postId));

        const shuffled = all
          .map((post) => [order.next().value as number, post] as const)
          .sort(([one], [other]) => one - other);
        expect(topAccounts(shuffled.map(([, post]) => post))).toEqual(actual);
        expect(trendsOf(shuffled.map(([, post]) => post))).toEqual(trendsOf(all));
      }),
    );
  });

  it('the users with the most accounts', () => {
    const accounts = fc.array(fc.record({ user_id: fc.option(fc.integer({ min: 1, max: 8 })) }), { maxLength: 40 });
    const known = fc.subarray([1, 2, 3, 4, 5, 6, 7, 8]);
    fc.assert(
      fc.property(accounts, known, (all: Account[], ids) => {
        const users: User[] = ids.map((id) => ({ id: String(id), email: `${id}@example.com` }));
        const expected = [1, 2, 3, 4, 5, 6, 7, 8]
          .map((id) => ({ id, count: all.filter(({ user_id }) => user_id === id).length }))
          .filter(({ count }) => count > 0)
          .sort((one, other) => other.count - one.count || one.id - other.id)
          .slice(0, 5)
          .map(({ id, count }) => ({
            user_id: id,
            accounts_count: count,
            email: ids.includes(id) ? `${id}@example.com` : null,
          }));
        expect(topUsers(all, users)).toEqual(expected);
      }),
    );
  });

  it('growth and trend: the later half against the earlier', () => {
    fc.assert(
      fc.property(posts, (all) => {
        const actual = trendsOf(all);
        if (all.length < 2) return expect(actual).toEqual({ growth_rate: 0, engagement_trend: 'insufficient_data' });
        const inTime = [...all].sort(
          (one, other) =>
            (one.datePosted ?? '').toString().localeCompare((other.datePosted ?? '').toString()) ||
            idOrder(one.postId, other.postId),
        );
        const half = Math.floor(all.length / 2);
        // m2 / m1 as a quotient of whole numbers.
        const earlier = BigInt(total(inTime.slice(0, half).map(hundredths))) * BigInt(all.length - half);
        const later = BigInt(total(inTime.slice(half).map(hundredths))) * BigInt(half);
        near(
          actual.growth_rate,
          earlier === 0n ? 0 : (Number(later - earlier) / Number(earlier)) * 100,
          0.01 + Math.abs(actual.growth_rate) * 1e-9,
        );
        const [tenths, base] = [later * 10n, earlier];
        // On the very edge a double may fall on either side.
        if (tenths === base * 11n || tenths === base * 9n) return;
        expect(actual.engagement_trend).toBe(
          tenths > base * 11n ? 'increasing' : tenths < base * 9n ? 'decreasing' : 'stable',
        );
      }),
    );
  });

  it.each<[string, (string | number | null)[], string]>([
    ['dates', ['2025-01-02', '2025-01-01'], 'decreasing'],
    ['times with and without an offset', ['2025-01-01T01:30:00+02:00', '2025-01-01 00:00:00'], 'increasing'],
    ['epoch seconds and milliseconds', [1_735_689_600_001, 1_735_689_600], 'decreasing'],
    ['what is no time comes first', ['2025-01-01', 'soon'], 'decreasing'],
    ['what has none comes first', ['2025-01-01', null], 'decreasing'],
    ['equal ones by id', ['2025-01-01', '2025-01-01T00:00:00Z'], 'increasing'],
  ])('order in time: %s', (_, dates, trend) => {
    const [first, second] = dates.map((datePosted, index) => ({
      postId: `p${index}`,
      usernameTiktokAccount: null,
      views: null,
      likes: null,
      engagement: index === 0 ? 1 : 2,
      datePosted,
    }));
    expect(trendsOf([first!, second!]).engagement_trend).toBe(trend);
  });
});
