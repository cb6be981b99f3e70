import type { TObject } from 'typebox';
import { Post, ScrapedAccount, User } from '../../src/consolidated/application/answers/items.answer.js';
import { ItemCheck } from '../../src/consolidated/infrastructure/http/listed-items.js';
import { ownSums } from '../../src/consolidated/infrastructure/http/own-sums.js';
import { retryAfterMs } from '../../src/consolidated/infrastructure/http/exchange/retry-after.js';
import { RetryBudget } from '../../src/consolidated/infrastructure/http/retry-budget.js';
import { inTurns } from '../../src/platform/turns/in-turns.js';

const MAX_BYTES = 8_000_000;

/** Of the text of an answer, the items as we answer with them. */
async function listedIn<Schema extends TObject>(check: ItemCheck<Schema>, text: string, maxBytes = MAX_BYTES) {
  const { items, rejected, firstFault } = await inTurns(check.of(text, { maxBytes, isWanted: null }));
  const written = Array.from({ length: items.length }, (_, index) => items.json(index));
  expect(Buffer.byteLength(written.join(''))).toBeLessThanOrEqual(items.mostBytes(0, items.length));
  return { items: written.map((one) => JSON.parse(one) as unknown), rejected, firstFault, made: [...items] };
}

async function listed<Schema extends TObject>(check: ItemCheck<Schema>, answer: unknown) {
  const { items, rejected, firstFault } = await listedIn(check, JSON.stringify(answer));
  return { items, rejected, firstFault };
}

const users = new ItemCheck(User);
const posts = new ItemCheck(Post);
const USER = { id: 1, email: 'a@example.com', role: 'USER', created_at: '2025-01-15T10:30:00' };
const NOBODY = { id: 1, email: null, role: null, created_at: null };
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

  it('leaves out an item of more than a mebibyte of characters, and harms none beside it', async () => {
    const sized = (characters: number) => {
      const [begin, end] = [`{"id":2,"email":null,"role":null,"created_at":null,"of":"`, '"}'];
      return begin + 'x'.repeat(characters - begin.length - end.length) + end;
    };
    const user = JSON.stringify(USER);
    const members = Array.from({ length: 100_000 }, (_, n) => `"name${n}":${n}`).join();
    for (const large of [
      sized(1_048_577),
      `{"id":2,${members}}`,
      `{${members},"id":2}`,
      `{"of":${sized(1_048_576)}}`,
    ]) {
      const { items, rejected, firstFault } = await listedIn(users, `[${user},${large},${user}]`);
      expect(items).toEqual([USER, USER]);
      expect([rejected, firstFault]).toEqual([1, 'item 1: it has more than 1048576 characters']);
    }
    const { items, rejected } = await listedIn(users, `[${sized(1_048_576)},${user}]`);
    expect([items.length, rejected]).toEqual([2, 0]);
  });

  it('may be interrupted behind each large item', () => {
    const large = JSON.stringify({ ...USER, of: 'x'.repeat(100_000) });
    const work = users.of(`[${Array<string>(10).fill(large).join()}]`, { maxBytes: MAX_BYTES, isWanted: null });
    let steps = 0;
    while (!work.next().done) steps += 1;
    expect(steps).toBe(9);
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
    expect((await listed(users, [{ ...USER, ...more }])).items).toEqual([{ ...USER, ...more }]);
    const given = '{ "id":"x", "__proto__" : {"admin":true},"big":12345678901234567890,"n":1e400 }';
    const { items } = await inTurns(users.of(given, { maxBytes: MAX_BYTES, isWanted: null }));
    expect(items.json(0)).toBe(
      '{"id":"x","__proto__":{"admin":true},"big":12345678901234567890,"n":1e400,"email":null,"role":null,"created_at":null}',
    );
    expect([...items]).toEqual([{ id: 'x', email: null, role: null, created_at: null }]);
  });

  it.each<[string, string, unknown]>([
    ['the last of a name counts', '{"id":1,"id":2,"role":"A","role":"B"}', { ...NOBODY, id: 2, role: 'B' }],
    ['also where it is written otherwise', '{"id":1,"\\u0069d":2}', { ...NOBODY, id: 2 }],
    ['our name wins wherever it stands', '{"createdAt":"o","id":1,"created_at":"c"}', { ...NOBODY, created_at: 'c' }],
    ['a text with signs of JSON', '{"id":"}],\\"{[","email":"\\u00e9\\n"}', { ...NOBODY, id: '}],"{[', email: 'é\n' }],
    ['other names in the same places', '{"id":1},{"role":"R","id":2}', { ...NOBODY, id: 1 }],
  ])('%s', async (_, items, first) => {
    for (const text of [items, `[ ${items} ]`, `{"total":3,"data":[${items}],"more":{"items":[{"id":9}]}}`]) {
      if (text === items && items.includes('},{')) continue;
      const { made } = await listedIn(users, text);
      expect(made[0]).toEqual(first);
    }
  });

  it('makes the same items of a long list as of a short one', async () => {
    const short = Array.from({ length: 100 }, (_, n) => ({ ...POST, postId: `é${n}`, views: n, totalInteractions: n }));
    const long = Array.from({ length: 3_000 }, (_, n) => short[n % 100]);
    const { made, items } = await listedIn(posts, JSON.stringify(long));
    expect(made).toEqual(long);
    expect(items).toEqual(long);
  });

  it.each<[string, number, number]>([
    ['of a short list, which are kept as objects', 1_000, 250],
    ['of a long one, which are not', 40_000, 0],
  ])('says what memory its items take beside the text: %s', async (_, length, each) => {
    const text = JSON.stringify(Array.from({ length }, (__, id) => ({ id })));
    const { objectBytes } = await inTurns(users.of(text, { maxBytes: MAX_BYTES, isWanted: null }));
    expect(objectBytes).toBe(length * each);
  });

  it('keeps what is wanted, and counts what is wrong in the rest, too', async () => {
    const text = '[{"id":1},{"id":2},{"id":"x","role":7},{"id":2,"email":"e"}]';
    const { items, rejected } = await inTurns(users.of(text, { maxBytes: MAX_BYTES, isWanted: ({ id }) => id === 2 }));
    expect([items.length, rejected, items.json(1)]).toEqual([
      2,
      1,
      '{"id":2,"email":"e","role":null,"created_at":null}',
    ]);
  });

  it('takes as many items as the largest answer has room for as we answer with them', async () => {
    const answer = (count: number) => JSON.stringify(Array.from({ length: count }, () => ({ id: 7 })));
    expect((await listedIn(users, answer(1_000), 48_000)).items).toHaveLength(1_000);
    await expect(listedIn(users, answer(1_001), 48_000)).rejects.toMatchObject({ reason: 'too_large' });
  });

  it('a number that is not finite is none', async () => {
    await expect(listedIn(posts, `[${JSON.stringify(POST).replace('"views":1', '"views":1e999')}]`)).rejects.toThrow(
      'item 0: views must be number, and is a number',
    );
  });

  it('makes no objects of what it passes on: 400,000 different names', async () => {
    const names = (n: number) => Array.from({ length: 100 }, (_, m) => `"a${n}b${m}":${m}`).join(',');
    const text = `[${Array.from({ length: 4_000 }, (_, n) => `{"id":${n},${names(n)}}`).join(',')}]`;
    const before = process.memoryUsage().heapUsed;
    const { items } = await inTurns(users.of(text, { maxBytes: MAX_BYTES, isWanted: null }));
    // 3.5 on an idle machine, with what nobody needs any longer; 12 where objects were made of them.
    expect((process.memoryUsage().heapUsed - before) / text.length).toBeLessThan(8);
    expect(items).toHaveLength(4_000);
  });

  // So many that a fast machine, too, has far more to do than in three turns.
  it.each<[string, string, number]>([
    ['of right items', '{"id":7}', 500_000],
    ['of wrong ones', '{}', 900_000],
  ])('gives others their turn while it checks a long list %s', async (_, item, length) => {
    const given = `[${`${item},`.repeat(length)}${item}]`;
    let turns = 0;
    const ticker = setInterval(() => (turns += 1), 1);
    await inTurns(users.of(given, { maxBytes: 64_000_000, isWanted: null })).catch(() => undefined);
    clearInterval(ticker);
    expect(turns).toBeGreaterThan(2);
  });

  it.each<[string, unknown, boolean]>([
    ['with totals', [{ metric: 'totals', totalPosts: 1, more: 'x' }, { metric: 'by_day' }], true],
    ['without', [{ metric: 'by_day' }], false],
    ['empty', [], false],
    ['wrong', [{ metric: 'totals', totalPosts: '1' }], false],
    ['no list', { metric: 'totals' }, false],
    ['none', null, false],
    ['far too long', [{ metric: 'totals', more: 'x'.repeat(300_000) }], false],
    ['too deep', [{ metric: 'totals', more: nested(40) }], false],
  ])('how the service sums up itself: %s', (_, dashboard, taken) => {
    expect(ownSums(JSON.stringify(dashboard))).toEqual(taken ? dashboard : null);
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
