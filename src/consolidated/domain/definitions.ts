/** The formulas of the summary, in words. */
export const DEFINITIONS = {
  average_engagement: 'mean of the engagement of posts where it is not 0; half up, 2 decimals; 0 without such posts',
  total_views: 'sum of views over all posts',
  total_likes: 'sum of likes over all posts',
  total_interactions: 'sum of totalInteractions over all posts',
  top_users: 'the 5 users with the most accounts; ties by user_id',
  top_accounts: 'the 5 accounts with the largest sum of the engagement of their posts; ties by account',
  best_engagement: 'the 5 posts with the largest engagement; ties by post_id',
  growth_rate:
    'posts by datePosted (without a readable one first; ties by postId): m1 the mean engagement of the first floor(n/2), m2 of the rest; (m2 - m1) / m1 × 100, half up, 2 decimals; 0 where m1 is 0',
  engagement_trend:
    'increasing where m2 is above 1.1 × m1, decreasing where it is below 0.9 × m1, else stable; insufficient_data under 2 posts',
} as const;
