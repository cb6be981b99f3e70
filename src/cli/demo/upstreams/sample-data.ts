/**
 * The data that the stand-ins serve: 10 users, 25 accounts and 150 posts, whose first entries and totals are those of the example in the
 * older orchestrator's documentation. A seed decides the rest, so that two runs see the same.
 */
export interface SampleData {
  readonly users: readonly SampleUser[];
  readonly accounts: readonly SampleAccount[];
  readonly posts: readonly SamplePost[];
  readonly dashboard: readonly { readonly username: string; readonly totalViews: number }[];
  /** The sums as the service of metrics makes them. Its average is that of the example, not of these posts. */
  readonly totals: Readonly<Record<string, string | number>>;
}

interface SampleUser {
  readonly id: number;
  readonly email: string;
  readonly role: string;
  readonly created_at: string;
}

/** The notation of its service. */
interface SampleAccount {
  readonly id: number;
  readonly accountName: string;
  readonly userId: number;
  readonly createdAt: string;
}

export interface SamplePost {
  readonly postId: string;
  readonly usernameTiktokAccount: string;
  readonly views: number;
  readonly likes: number;
  readonly totalInteractions: number;
  readonly engagement: number;
  readonly datePosted: string;
  readonly hashtags: string;
  readonly userId: number;
}

const DAY_MS = 86_400_000;
const FIRST_POST = {
  id: 7_123_456_789n,
  time: Date.UTC(2025, 0, 22),
  views: 150_000,
  likes: 12_000,
  interactions: 13_300,
};
const ACCOUNTS_OF_USERS = [5, 4, 3, 3, 2, 2, 2, 2, 1, 1];
const POSTS = 150;
const TOTAL = { views: 5_000_000, likes: 450_000, interactions: 550_000 };
/** Hundredths. Their mean is 8.5, and the later half is 15.2 % above the earlier one. */
const ENGAGEMENT = { first: 850, earlierHalf: 59_247, laterHalf: 68_253 };
const HASHTAGS = ['#viral #trending #fyp', '#funny #comedy', '#beauty', '#news #fyp'];

export function sampleData(seed: number): SampleData {
  const random = randomOf(seed);
  const users = ACCOUNTS_OF_USERS.map((_, index) => ({
    id: index + 1,
    email: index === 0 ? 'user@example.com' : `user${index + 1}@example.com`,
    role: index === 1 ? 'ADMIN' : 'USER',
    created_at: `2025-01-${15 + index}T10:30:00`,
  }));
  const owners = ACCOUNTS_OF_USERS.flatMap((count, index) => Array<number>(count).fill(index + 1));
  const accounts = owners.map((userId, index) => ({
    id: index + 1,
    accountName: index === 0 ? '@tiktoker123' : `@creator${index + 1}`,
    userId,
    createdAt: index === 0 ? '2025-01-20T15:45:00' : `2025-02-${10 + (index % 18)}T09:00:00`,
  }));
  const posts = samplePosts(accounts, random);
  const viewsOf = (name: string) =>
    posts.filter((post) => post.usernameTiktokAccount === name).reduce((sum, { views }) => sum + views, 0);
  const dashboard = accounts.map(({ accountName }, index) => ({
    username: accountName,
    totalViews: index === 0 ? TOTAL.views : viewsOf(accountName),
  }));
  const totals = { metric: 'totals', totalPosts: POSTS, totalViews: TOTAL.views, totalLikes: TOTAL.likes };
  return { users, accounts, posts, dashboard, totals: { ...totals, avgEngagement: 8.2 } };
}

function samplePosts(accounts: readonly SampleAccount[], random: () => number): SamplePost[] {
  const half = POSTS / 2;
  const withFirst = (first: number, total: number) => [first, ...shares(total - first, POSTS - 1, random)];
  const views = withFirst(FIRST_POST.views, TOTAL.views);
  const likes = withFirst(FIRST_POST.likes, TOTAL.likes);
  const interactions = withFirst(FIRST_POST.interactions, TOTAL.interactions);
  const engagement = [
    ENGAGEMENT.first,
    ...shares(ENGAGEMENT.earlierHalf - ENGAGEMENT.first, half - 1, random),
    ...shares(ENGAGEMENT.laterHalf, half, random),
  ];
  return Array.from({ length: POSTS }, (_, index) => {
    const account = accounts[index === 0 ? 0 : Math.floor(random() * accounts.length)]!;
    return {
      postId: String(FIRST_POST.id + BigInt(index)),
      usernameTiktokAccount: account.accountName,
      views: views[index]!,
      likes: likes[index]!,
      totalInteractions: interactions[index]!,
      engagement: engagement[index]! / 100,
      datePosted: new Date(FIRST_POST.time + Math.floor(index / 2) * DAY_MS).toISOString().slice(0, 10),
      hashtags: HASHTAGS[Math.floor(random() * HASHTAGS.length)]!,
      userId: account.userId,
    };
  });
}

/** Whole numbers of at least 1 that add up to the total. */
function shares(total: number, count: number, random: () => number): number[] {
  const weights = Array.from({ length: count }, () => 0.2 + random());
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const parts = weights.map((weight) => Math.max(1, Math.floor((weight / whole) * total)));
  parts[count - 1]! += total - parts.reduce((sum, part) => sum + part, 0);
  return parts;
}

/** Mulberry32: 32 bits of state, enough for a demo. In `[0, 1)`. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
