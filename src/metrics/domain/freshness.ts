/** A consumer says once a second that it is there; after this long without a sign it is taken for dead. */
export const LIVE_MS = 10_000;
/** From here on an answer says that events are missing. */
const MAX_LAG_MS = 10_000;

/** What a consumer process says about a topic. */
export interface ConsumerSign {
  /** Full name. */
  readonly topic: string;
  /** Time from publish to commit, milliseconds: the longest of the last second. */
  readonly lagMs: number;
  /** Why nothing comes in; null while connected. */
  readonly problem: string | null;
  /** How long ago it said so, milliseconds. */
  readonly ageMs: number;
}

export const MISSING_REASONS = ['no_consumer', 'disconnected', 'lagging', 'retention'] as const;

/** Why an answer does not hold all that was published. */
export interface Missing {
  /** Null: no topic is to blame. */
  readonly topic: string | null;
  readonly reason: (typeof MISSING_REASONS)[number];
  readonly detail: string;
}

export interface Lag {
  /** Of the topic that is furthest behind; null while nobody consumes. */
  readonly lagMs: number | null;
  readonly missing: readonly Missing[];
}

/** How far all live consumers of all topics are. A replica that is disconnected harms nobody while another one consumes its topic. */
export function lagOf(topics: readonly string[], signs: readonly ConsumerSign[]): Lag {
  const live = signs.filter(({ topic, ageMs }) => ageMs <= LIVE_MS && topics.includes(topic));
  return {
    lagMs: live.length === 0 ? null : live.reduce((longest, { lagMs }) => Math.max(longest, lagMs), 0),
    missing: topics.flatMap((topic) =>
      missingOf(
        topic,
        live.filter((sign) => sign.topic === topic),
      ),
    ),
  };
}

/** The text holds no figure that moves, so that an unchanged answer stays unchanged. */
function missingOf(topic: string, live: readonly ConsumerSign[]): Missing[] {
  if (live.length === 0) {
    return [{ topic, reason: 'no_consumer', detail: 'No process consumes this topic: what is published waits there.' }];
  }
  if (live.every(({ problem }) => problem !== null)) {
    return [{ topic, reason: 'disconnected', detail: live[0]?.problem ?? 'not connected' }];
  }
  if (live.some(({ lagMs }) => lagMs > MAX_LAG_MS)) {
    return [
      {
        topic,
        reason: 'lagging',
        detail: `Events published more than ${MAX_LAG_MS / 1000} s ago wait to be recorded.`,
      },
    ];
  }
  return [];
}
