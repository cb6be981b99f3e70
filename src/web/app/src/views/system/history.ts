import { type Sample, sumOf } from './telemetry.js';

/** The values that the charts show. */
export const SHOWN_MS = 600_000;

/** The figures of one moment. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Events recorded since the service started. */
  readonly recorded: number;
  /** Events recorded a second since the moment before; null: there is none, or the service started anew. */
  readonly rate: number | null;
  /** The lag by topic, seconds: everything that was published longer ago is settled. A topic whose lag is not known is missing. */
  readonly waits: ReadonlyMap<string, number>;
}

/** `clicks` of `persistent://public/default/clicks`. */
export const shortTopic = (topic: string): string => topic.split('/').at(-1)!;

/** Adds a moment, and drops moments that are older than the charts. */
export function withMoment(
  history: readonly Moment[],
  figures: ReadonlyMap<string, readonly Sample[]>,
  at: number,
): readonly Moment[] {
  const events = figures.get('monitoreo_events_total') ?? [];
  const recorded = sumOf(events.filter(({ labels }) => labels['verdict'] === 'recorded'));
  const before = history.at(-1);
  const grown = before === undefined ? -1 : recorded - before.recorded;
  const rate = grown < 0 ? null : (grown / (at - before!.at)) * 1000;
  const waits = new Map(
    (figures.get('monitoreo_consumer_lag_seconds') ?? []).map(({ labels, value }) => [
      shortTopic(labels['topic'] ?? ''),
      value,
    ]),
  );
  return [...history.filter((moment) => moment.at > at - SHOWN_MS), { at, recorded, rate, waits }];
}
