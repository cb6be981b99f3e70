import type { Post } from './post.js';

export interface PostFigures {
  /** The mean of the values that are not zero; 0 if there are none. */
  readonly averageEngagement: number;
  readonly views: number;
  readonly likes: number;
  readonly interactions: number;
}

export function figuresOf(posts: readonly Post[]): PostFigures {
  const engagements = posts.flatMap(({ engagement }) => engagement || []);
  return {
    averageEngagement: twoDecimals(meanOf(engagements)),
    views: sumOf(posts.map(({ views }) => views ?? 0)),
    likes: sumOf(posts.map(({ likes }) => likes ?? 0)),
    interactions: sumOf(posts.map(({ totalInteractions }) => totalInteractions ?? 0)),
  };
}

/** 0 if there are none. */
export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Rounds to six decimals: the digits behind them are noise of binary fractions (`0.1 + 0.2`). */
export const sumOf = (values: readonly number[]): number =>
  Math.round(values.reduce((sum, value) => sum + value, 0) * 1e6) / 1e6;

/** Rounds half up. */
export const twoDecimals = (value: number): number => Math.round(value * 100) / 100;
