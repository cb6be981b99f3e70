import type { Static, TObject } from 'typebox';
import { Post, ScrapedAccount, User } from '../../src/consolidated/application/answers/items.answer.js';
import { ItemCheck, type Listed } from '../../src/consolidated/infrastructure/http/listed-items.js';
import { ownSums } from '../../src/consolidated/infrastructure/http/own-sums.js';
import { retryAfterMs } from '../../src/consolidated/infrastructure/http/exchange/retry-after.js';
import { RetryBudget } from '../../src/consolidated/infrastructure/http/retry-budget.js';
import { inTurns } from '../../src/platform/turns/in-turns.js';

const listed = <Schema extends TObject>(check: ItemCheck<Schema>, answer: unknown): Promise<Listed<Static<Schema>>> =>
  inTurns(check.of(answer));

const users = new ItemCheck(User);
const posts = new ItemCheck(Post);
const USER = { id: 1, email: 'a@example.com', role: 'USER', created_at: '2025-01-15T10:30:00' };
const POST = {
  postId: 'p',
  usernameTiktokAccount: '@a',
  views: 1,
  likes: 2,
  engagement: 3.5,
  datePosted: '2025-01-22',
};

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

describe('what a service lists', () => {
  it.each<[string, unknown, number]>([
    ['a list', [USER, USER], 2],
    ['items', { items: [USER], total: 1 }, 1],
    ['data', { data: [USER] }, 1],
    ['content: a page of Spring', { content: [USER], pageable: {}, totalElements: 1 }, 1],
    ['the first of them that is there', { content: [], items: [USER] }, 1],
    ['one object in place of a list', USER, 1],
    ['one object as data', { data: USER }, 1],
    ['an empty list', [], 0],
    ['null', null, 0],
    ['null as data', { data: null }, 0],
  ])('%s', async (_, answer, count) => {
    expect(await listed(users, answer)).toEqual({ items: Array(count).fill(USER), rejected: 0, firstFault: null });
  });

  it.each<[string, unknown]>([
    ['a text', 'users'],
    ['a number', 1],
    ['true', true],
    ['a text as data', { data: 'users' }],
    ['an object that is no item', { message: 'hello' }],
    ['a list of nothing but wrong ones', [1, 'x', null, [], {}]],
  ])('wrong shape: %s', async (_, answer) => {
    await expect(listed(users, answer)).rejects.toMatchObject({ reason: 'wrong_shape' });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a number as a text', { ...POST, views: '12' }, 'item 1: views must be number, and is a string'],
    ['another number as a text', { ...POST, engagement: '8.5' }, 'item 1: engagement must be number, and is a string'],
    [
      'in the other notation',
      { ...POST, totalInteractions: undefined, total_interactions: '7' },
      'item 1: totalInteractions must be number, and is a string',
    ],
    ['below zero', { ...POST, likes: -1 }, 'item 1: likes must be >= 0, and is a number'],
    ['not finite', { ...POST, views: JSON.parse('1e999') as number }, 'item 1: views must be number, and is a number'],
    ['without its identity', { ...POST, postId: null }, 'item 1: postId must be string, and is absent'],
    [
      'an identity that a double does not hold',
      { ...POST, postId: 2 ** 53 },
      'item 1: postId must be string, and is a number',
    ],
    [
      'a name that is none',
      { ...POST, usernameTiktokAccount: 7 },
      'item 1: usernameTiktokAccount must be string, and is a number',
    ],
    ['too deep', { ...POST, more: nested(40) }, 'item 1: it has more than 32 levels'],
  ])('leaves out and counts: %s', async (_, wrong, fault) => {
    expect(await listed(posts, [POST, wrong, { ...POST, postId: 'q' }])).toEqual({
      items: [POST, { ...POST, postId: 'q' }],
      rejected: 1,
      firstFault: fault,
    });
  });

  it('takes the camelCase and the snake_case of a field; its own name wins', async () => {
    const accounts = new ItemCheck(ScrapedAccount);
    const given = [
      { id: 1, accountName: '@a', userId: 7, createdAt: 'x' },
      { id: 2, account_name: '@b', accountName: '@other', user_id: null, userId: 8 },
    ];
    expect((await listed(accounts, given)).items).toEqual([
      { id: 1, account_name: '@a', user_id: 7, created_at: 'x' },
      { id: 2, account_name: '@b', accountName: '@other', user_id: null, userId: 8, created_at: null },
    ]);
    expect((await listed(posts, [{ post_id: 'p', username_tiktok_account: '@a', date_posted: 'd' }])).items).toEqual([
      { ...POST, views: null, likes: null, engagement: null, datePosted: 'd' },
    ]);
  });

  it('passes other fields as they came, and what is absent is null', async () => {
    const more = { deep: { a: [1, null, 'x'] }, '': 0, constructor: 'c', n: 1.5 };
    const given = JSON.parse('{"id":"x","__proto__":{"admin":true}}') as object;
    expect((await listed(users, [{ ...USER, ...more }])).items).toEqual([{ ...USER, ...more }]);
    expect(JSON.stringify((await listed(users, [given])).items)).toBe(
      '[{"id":"x","__proto__":{"admin":true},"email":null,"role":null,"created_at":null}]',
    );
  });

  // So many that a fast machine, too, has far more to do than in three turns.
  it.each<[string, string, number]>([
    ['of right items', '{"id":7}', 200_000],
    ['of wrong ones', '{}', 600_000],
  ])('gives others their turn while it checks a long list %s', async (_, item, length) => {
    const given = Array.from({ length }, () => JSON.parse(item) as unknown);
    let turns = 0;
    const ticker = setInterval(() => (turns += 1), 1);
    await listed(users, given).catch(() => undefined);
    clearInterval(ticker);
    expect(turns).toBeGreaterThan(2);
  });

  it.each<[string, unknown, boolean]>([
    ['with totals', [{ metric: 'totals', totalPosts: 1, more: 'x' }, { metric: 'by_day' }], true],
    ['without', [{ metric: 'by_day' }], false],
    ['empty', [], false],
    ['wrong', [{ metric: 'totals', totalPosts: '1' }], false],
    ['no list', { metric: 'totals' }, false],
  ])('how the service sums up itself: %s', (_, dashboard, taken) => {
    expect(ownSums({ items: [], dashboard })).toEqual(taken ? dashboard : null);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-15T12:00:00.000Z');
  it.each<[string | string[] | undefined, number]>([
    ['5', 5_000],
    [['7', '8'], 7_000],
    ['Thu, 15 Jan 2026 12:00:30 GMT', 30_000],
    ['Thu, 15 Jan 2026 11:00:00 GMT', 0],
    [undefined, 0],
    ['soon', 0],
    ['', 0],
  ])('%p is %p ms', (header, ms) => expect(retryAfterMs(header, now)).toBe(ms));
});

describe('the retry budget', () => {
  it('is 10 at first, and then one for ten answers', () => {
    const budget = new RetryBudget();
    const taken = (times: number) => Array.from({ length: times }, () => budget.take()).filter(Boolean).length;
    expect(taken(20)).toBe(10);
    for (let n = 0; n < 9; n += 1) budget.succeeded();
    expect(taken(20)).toBe(0);
    budget.succeeded();
    expect(taken(20)).toBe(1);
    for (let n = 0; n < 1_000; n += 1) budget.succeeded();
    expect(taken(20)).toBe(10);
  });
});
