import { meanOf, twoDecimals } from './figures.js';
import { byIdentifier } from './identifier.js';
import type { Post } from './post.js';

export const ENGAGEMENT_TRENDS = ['increasing', 'decreasing', 'stable', 'insufficient_data'] as const;

export interface Trends {
  /** Percent, two decimals. */
  readonly growth_rate: number;
  readonly engagement_trend: (typeof ENGAGEMENT_TRENDS)[number];
}

/** A smaller change counts as none. */
const NOTICEABLE = 0.1;
/** A smaller number is epoch seconds. */
const SMALLEST_MS = 1e11;

/** Compares the mean engagement of the later half of the posts with that of the earlier half. */
export function trendsOf(posts: readonly Post[]): Trends {
  if (posts.length < 2) return { growth_rate: 0, engagement_trend: 'insufficient_data' };
  const inTime = posts
    .map((post) => ({ post, time: timeOf(post.datePosted) }))
    .sort((one, other) => compare(one.time, other.time) || byIdentifier(one.post.postId, other.post.postId))
    .map(({ post }) => post.engagement ?? 0);
  const half = Math.floor(inTime.length / 2);
  const [before, after] = [meanOf(inTime.slice(0, half)), meanOf(inTime.slice(half))];
  return {
    growth_rate: before === 0 ? 0 : twoDecimals(((after - before) / before) * 100),
    engagement_trend: trendOf(before, after),
  };
}

function trendOf(before: number, after: number): Trends['engagement_trend'] {
  if (after > before * (1 + NOTICEABLE)) return 'increasing';
  return after < before * (1 - NOTICEABLE) ? 'decreasing' : 'stable';
}

/** A post without a time that can be read comes before all others. A time without an offset is UTC. */
function timeOf(datePosted: Post['datePosted']): number {
  if (typeof datePosted === 'number') return datePosted < SMALLEST_MS ? datePosted * 1000 : datePosted;
  const [, day, clock = '', offset] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(datePosted ?? '') ??
    [];
  const time = day === undefined ? NaN : Date.parse(clock === '' ? day : `${day}T${clock}${offset ?? 'Z'}`);
  return Number.isNaN(time) ? -Infinity : time;
}

/** This compares and does not subtract, because the difference of two posts without a time is no number. */
const compare = (one: number, other: number) => (one < other ? -1 : one > other ? 1 : 0);
