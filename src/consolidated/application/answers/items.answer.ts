import Type, { type Static, type TSchema } from 'typebox';
import { nullable } from '../../../platform/answer-schema.js';

/**
 * The items that the services list. Only the members named here are checked. Every other member passes as it came, so these
 * objects are open. A member that a service leaves out is null, except for the id, which no item may lack.
 */
const item = <Members extends Record<string, TSchema>>(members: Members) =>
  Type.Object(members, { additionalProperties: true });

const identity = (example: string | number, description: string) =>
  Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Integer(INTEGERS)], {
    examples: [example],
    description,
  });

/** Integers that a double can tell apart. */
const INTEGERS = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };

const words = (example: string, description: string) => nullable(Type.String(), { examples: [example], description });

/** A text is no number, even one that reads like a number. */
const figure = (example: number, description: string) =>
  nullable(Type.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), { examples: [example], description });

const moment = (example: string, description: string) =>
  nullable(Type.Union([Type.String(), Type.Number(INTEGERS)]), { examples: [example], description });

export const User = item({
  id: identity(1, 'Of the user.'),
  email: words('user@example.com', 'E-mail address.'),
  role: words('USER', 'Role, in the words of the service.'),
  created_at: moment('2025-01-15T10:30:00', 'As the service says it.'),
});
export type User = Readonly<Static<typeof User>>;

export const ScrapedAccount = item({
  id: identity(1, 'Of the account.'),
  account_name: words('@tiktoker123', 'Name of the account.'),
  user_id: nullable(identity(1, 'Whose it is.')),
  created_at: moment('2025-01-20T15:45:00', 'As the service says it.'),
});
export type ScrapedAccount = Readonly<Static<typeof ScrapedAccount>>;

export const Post = item({
  postId: identity('7123456789', 'Of the post.'),
  usernameTiktokAccount: words('@tiktoker123', 'The account that posted it.'),
  views: figure(150_000, 'How often it was seen.'),
  likes: figure(12_000, 'How many like it.'),
  engagement: figure(8.87, 'In percent, as the service says it.'),
  datePosted: moment('2025-01-22', 'As the service says it.'),
  totalInteractions: Type.Optional(figure(13_300, 'Likes, comments and so on together.')),
});
export type Post = Readonly<Static<typeof Post>>;

export const DashboardEntry = item({
  username: Type.String({ minLength: 1, examples: ['@tiktoker123'], description: 'Name of the account.' }),
  totalViews: figure(5_000_000, 'How often its posts were seen.'),
});
export type DashboardEntry = Readonly<Static<typeof DashboardEntry>>;

/** One line of the sums that the service of metrics makes itself, `totals` among them. */
export const MetricsEntry = item({
  metric: Type.String({ examples: ['totals'], description: 'What it sums up.' }),
  totalPosts: Type.Optional(figure(150, 'Posts.')),
  totalViews: Type.Optional(figure(5_000_000, 'Their views.')),
  totalLikes: Type.Optional(figure(450_000, 'Their likes.')),
  avgEngagement: Type.Optional(figure(8.2, 'Their mean engagement.')),
});
export type MetricsEntry = Readonly<Static<typeof MetricsEntry>>;
