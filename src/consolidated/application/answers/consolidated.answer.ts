import Type from 'typebox';
import { type Answer, answer, count, described, nullable, text, time } from '../../../platform/answer-schema.js';
import { DashboardEntry, MetricsEntry, Post, ScrapedAccount, User } from './items.answer.js';
import { ServicesStatus, SOURCES } from './source.answer.js';

const PostMetrics = answer('PostMetrics', {
  items: Type.Array(Post, { description: 'Posts.' }),
  count: count(150, 'Of all posts, also where `items` is cut by `limit`.'),
  dashboard: Type.Array(MetricsEntry, {
    description:
      'As the service sums its posts up, where it does, with an entry `totals`; else that entry from the posts: `avgEngagement` is the mean where it is not 0, two decimals.',
  }),
});

const ConsolidatedMetadata = answer('ConsolidatedMetadata', {
  total_users: count(10, 'All, also where the list is cut by `limit`.'),
  total_accounts: count(25, 'All.'),
  total_posts_analyzed: count(150, 'All.'),
  timestamp: time('2025-10-05T12:00:00.000Z', 'Of the answer; `sources` say when each service answered.'),
  services_status: described(ServicesStatus, 'Whether each service answered.'),
});

export const Consolidated = answer('Consolidated', {
  users: Type.Array(User, { description: 'Of microservice1.' }),
  scraped_accounts: Type.Array(ScrapedAccount, { description: 'Of microservice2.' }),
  metrics: described(PostMetrics, 'Of microservice3.'),
  dashboard_data: Type.Array(DashboardEntry, { description: 'Of microservice4, which is never given the user.' }),
  metadata: ConsolidatedMetadata,
  next_cursor: nullable(
    text(
      'MSA1MA',
      'Send it as `cursor`, with the same `limit` and `user_id`, for the next part of each list; null at the end.',
    ),
  ),
  sources: SOURCES,
});
export type Consolidated = Answer<typeof Consolidated>;
