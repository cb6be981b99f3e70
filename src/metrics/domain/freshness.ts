import { STALLED_AFTER_MS, stalledTopic } from '../../events/domain/topic-problems.js';

/** A consumer reports once a second. After this long without a report it counts as dead. */
export const LIVE_MS = 10_000;
/** From this lag on an answer says that events are missing. */
const MAX_LAG_MS = 10_000;

/** The report of a consumer process about a topic. */
export interface ConsumerSign {
  /** Full name. */
  readonly topic: string;
  /** Everything that was published longer ago than this is settled, milliseconds; 0: nothing waits. Null: not known. */
  readonly lagMs: number | null;
  /** Messages that wait for the time that their producer set. */
  readonly delayed: number;
  /** How long messages other than delayed ones have waited while nothing was settled; null: not known. */
  readonly stillMs: number | null;
  /** Milliseconds since the time before which everything that was published is settled; null: never known. */
  readonly settledAgoMs: number | null;
  /** Why none of these can be known; null: they can be, or cannot yet. */
  readonly unseen: string | null;
  /** Why no messages come in; null while connected. */
  readonly problem: string | null;
  /** The age of this report, milliseconds. */
  readonly ageMs: number;
}

export const MISSING_REASONS = ['no_consumer', 'disconnected', 'lagging', 'stalled', 'retention', 'unknown'] as const;

/** Why an answer does not hold all that was published. */
export interface Missing {
  /** Null: no topic is to blame. */
  readonly topic: string | null;
  readonly reason: (typeof MISSING_REASONS)[number];
  readonly detail: string;
}

export interface Lag {
  /** The lag of the topic that is furthest behind; null while nobody consumes, and while it is not known for a topic that is consumed. */
  readonly lagMs: number | null;
  readonly delayed: number;
  readonly missing: readonly Missing[];
}

/** How far all live consumers of all topics are. A replica that is disconnected harms nobody while another one consumes its topic. */
export function lagOf(topics: readonly string[], signs: readonly ConsumerSign[]): Lag {
  const consumed = topics.flatMap((topic) => {
    const all = signs.filter((sign) => sign.topic === topic);
    const live = all.filter(({ ageMs }) => ageMs <= LIVE_MS);
    return live.length === 0 ? [] : [{ topic, live, lagMs: lagOfTopic(live, all) }];
  });
  const lags = consumed.map(({ lagMs }) => lagMs);
  return {
    lagMs: lags.length === 0 || lags.includes(null) ? null : Math.max(...lags.map(Number)),
    delayed: consumed.reduce((sum, { live }) => sum + Math.max(...live.map(({ delayed }) => delayed)), 0),
    missing: topics.flatMap((topic) => {
      const found = consumed.find((one) => one.topic === topic);
      return found ? missingOf(topic, found.live, found.lagMs) : [{ topic, ...NO_CONSUMER }];
    }),
  };
}

/**
 * A consumer that began with a backlog knows nothing until the backlog is settled. Until then it is as far as those before
 * it were.
 */
function lagOfTopic(live: readonly ConsumerSign[], all: readonly ConsumerSign[]): number | null {
  const known = live.flatMap(({ lagMs }) => (lagMs === null ? [] : [lagMs]));
  if (known.length > 0) return Math.max(...known);
  if (live.every(({ unseen }) => unseen !== null)) return null;
  const settled = all.flatMap(({ settledAgoMs }) => (settledAgoMs === null ? [] : [settledAgoMs]));
  return settled.length === 0 ? null : Math.max(0, Math.round(Math.min(...settled)));
}

/** The text holds no figure that changes, so that an unchanged answer stays unchanged. */
function missingOf(topic: string, live: readonly ConsumerSign[], lagMs: number | null): Missing[] {
  if (live.every(({ problem }) => problem !== null)) {
    return [{ topic, reason: 'disconnected', detail: live[0]?.problem ?? 'not connected' }];
  }
  const still = live.flatMap(({ stillMs }) => (stillMs === null ? [] : [stillMs]));
  if (still.length > 0 && Math.min(...still) >= STALLED_AFTER_MS) {
    return [{ topic, reason: 'stalled', detail: stalledTopic(topic) }];
  }
  if (lagMs === null)
    return [{ topic, reason: 'unknown', detail: live.find(({ unseen }) => unseen)?.unseen ?? BACKLOG }];
  return lagMs > MAX_LAG_MS ? [{ topic, ...LAGGING }] : [];
}

const NO_CONSUMER = {
  reason: 'no_consumer',
  detail: 'No process consumes this topic: what is published waits there.',
} as const;

const LAGGING = {
  reason: 'lagging',
  detail: `Events published more than ${MAX_LAG_MS / 1000} s ago wait to be recorded.`,
} as const;

const BACKLOG = 'Not known yet: how old is what waits shows once all that waited when the service began is recorded.';
