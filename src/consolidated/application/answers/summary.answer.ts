import Type from 'typebox';
import { type Answer, answer, count, described, nullable, text, time } from '../../../platform/answer-schema.js';
import { DEFINITIONS } from '../../domain/definitions.js';
import { ENGAGEMENT_TRENDS } from '../../domain/trends.js';
import { ServicesStatus, SOURCES } from './source.answer.js';

const IDENTIFIER = Type.Union([Type.String(), Type.Integer()], { examples: ['7123456789'] });
const figure = (example: number, description: string) => Type.Number({ minimum: 0, examples: [example], description });

const SummaryTotals = answer('SummaryTotals', {
  total_users: count(10, 'Users.'),
  total_accounts: count(25, 'Scraped accounts.'),
  average_engagement: figure(8.5, DEFINITIONS.average_engagement),
  total_views: figure(5_000_000, DEFINITIONS.total_views),
  total_likes: figure(450_000, DEFINITIONS.total_likes),
  total_interactions: figure(550_000, DEFINITIONS.total_interactions),
});

const TopUser = answer('TopUser', {
  user_id: described(IDENTIFIER, 'As the accounts name it.'),
  accounts_count: count(5, 'Scraped accounts.'),
  email: nullable(text('user@example.com', 'Null where the user is not known.')),
});

const TopAccount = answer('TopAccount', {
  account: text('@tiktoker123'),
  total_views: figure(1_500_000, 'Of its posts.'),
  total_likes: figure(120_000, 'Of its posts.'),
  total_engagement: figure(45.2, 'Of its posts, to six decimals.'),
  post_count: count(50, 'Its posts.'),
});

const BestPost = answer('BestPost', {
  post_id: described(IDENTIFIER, 'Of the post.'),
  account: nullable(text('@tiktoker123', 'The account that posted it.')),
  engagement: nullable(figure(15.8, 'In percent, as the service says it.')),
  views: nullable(figure(250_000, 'How often it was seen.')),
  likes: nullable(figure(35_000, 'How many like it.')),
});

const Rankings = answer('Rankings', {
  top_users: Type.Array(TopUser, { maxItems: 5, description: DEFINITIONS.top_users }),
  top_accounts: Type.Array(TopAccount, { maxItems: 5, description: DEFINITIONS.top_accounts }),
  best_engagement: Type.Array(BestPost, { maxItems: 5, description: DEFINITIONS.best_engagement }),
});

const EngagementTrends = answer('EngagementTrends', {
  growth_rate: Type.Number({ examples: [15.2], description: DEFINITIONS.growth_rate }),
  engagement_trend: Type.Enum([...ENGAGEMENT_TRENDS], {
    examples: ['increasing'],
    description: DEFINITIONS.engagement_trend,
  }),
});

const SummaryDefinitions = answer('SummaryDefinitions', {
  average_engagement: text(DEFINITIONS.average_engagement),
  total_views: text(DEFINITIONS.total_views),
  total_likes: text(DEFINITIONS.total_likes),
  total_interactions: text(DEFINITIONS.total_interactions),
  top_users: text(DEFINITIONS.top_users),
  top_accounts: text(DEFINITIONS.top_accounts),
  best_engagement: text(DEFINITIONS.best_engagement),
  growth_rate: text(DEFINITIONS.growth_rate),
  engagement_trend: text(DEFINITIONS.engagement_trend),
});

export const Summary = answer('Summary', {
  summary: SummaryTotals,
  rankings: Rankings,
  trends: EngagementTrends,
  timestamp: time('2025-10-05T12:00:00.000Z', 'Of the answer; `sources` say when each service answered.'),
  definitions: described(SummaryDefinitions, 'The formulas.'),
  services_status: described(ServicesStatus, 'Whether each service answered: what did not is missing in the figures.'),
  sources: SOURCES,
});
export type Summary = Answer<typeof Summary>;
