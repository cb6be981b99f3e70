import { sumOf } from './figures.js';
import { byIdentifier, type Identifier } from './identifier.js';
import type { Account, Post, User } from './post.js';

/** The length of a ranking. */
const SHOWN = 5;

/** Ranks users by the number of their accounts. The e-mail address is null if the user is not among those that are known. */
export function topUsers(accounts: readonly Account[], users: readonly User[]) {
  const emails = new Map(users.map(({ id, email }) => [String(id), email]));
  const owned = groupBy(
    accounts.filter((account) => account.user_id !== null),
    ({ user_id }) => user_id as Identifier,
  );
  return ranked(
    [...owned.values()].map(({ key, members }) => ({
      user_id: key,
      accounts_count: members.length,
      email: emails.get(String(key)) ?? null,
    })),
    ({ accounts_count }) => accounts_count,
    ({ user_id }) => user_id,
  );
}

/** Ranks accounts by the sum of the engagement of their posts. */
export function topAccounts(posts: readonly Post[]) {
  const owned = groupBy(
    posts.filter((post) => post.usernameTiktokAccount !== null),
    ({ usernameTiktokAccount }) => usernameTiktokAccount as string,
  );
  return ranked(
    [...owned.values()].map(({ key, members }) => ({
      account: key,
      total_views: sumOf(members.map(({ views }) => views ?? 0)),
      total_likes: sumOf(members.map(({ likes }) => likes ?? 0)),
      total_engagement: sumOf(members.map(({ engagement }) => engagement ?? 0)),
      post_count: members.length,
    })),
    ({ total_engagement }) => total_engagement,
    ({ account }) => account,
  );
}

export const bestEngagement = (posts: readonly Post[]) =>
  ranked(
    posts,
    ({ engagement }) => engagement ?? 0,
    ({ postId }) => postId,
  ).map(({ postId, usernameTiktokAccount, engagement, views, likes }) => ({
    post_id: postId,
    account: usernameTiktokAccount,
    engagement,
    views,
    likes,
  }));

function ranked<T>(all: readonly T[], figure: (one: T) => number, id: (one: T) => Identifier): T[] {
  return [...all].sort((one, other) => figure(other) - figure(one) || byIdentifier(id(one), id(other))).slice(0, SHOWN);
}

function groupBy<T, Key extends Identifier>(all: readonly T[], keyOf: (one: T) => Key) {
  const groups = new Map<string, { readonly key: Key; readonly members: T[] }>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(String(key)) ?? { key, members: [] };
    group.members.push(one);
    groups.set(String(key), group);
  }
  return groups;
}
