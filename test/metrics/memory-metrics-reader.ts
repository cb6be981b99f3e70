import type { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import { countLabel } from '../../src/events/domain/counts/count-label.js';
import { planFacts, planSeries } from '../../src/events/domain/counts/window-plan.js';
import {
  type BucketCount,
  type CountedWindow,
  MetricsReader,
  type WindowCounts,
} from '../../src/metrics/application/metrics-reader.port.js';
import { type MetricsFilter, needsFacts } from '../../src/metrics/domain/metrics-filter.js';
import { money, tenThousandths } from '../../src/metrics/domain/money.js';
import type { MemoryEvents } from '../events/memory-event-store.js';

/** Counts the events of a store in memory one by one. Nothing of them ever goes: below the floor it only says so. */
export class MemoryMetricsReader extends MetricsReader {
  constructor(private readonly events: MemoryEvents) {
    super();
  }

  override async count(
    windows: readonly CountedWindow[],
    filter: MetricsFilter,
    signal?: AbortSignal,
  ): Promise<readonly WindowCounts[]> {
    await Promise.resolve();
    signal?.throwIfAborted();
    return windows.map((window) => this.countOne(window, filter));
  }

  private countOne({ range, cuts }: CountedWindow, filter: MetricsFilter): WindowCounts {
    const { facts, retentionFloor } = this.events;
    const bounds = { retentionFloor, fineHorizon: -Infinity };
    const { covered, exact } = needsFacts(filter) ? planFacts(range, bounds) : planSeries(range, cuts, bounds);
    const groups = new Map<string, { readonly first: TrackedEvent; readonly bucket: number; all: TrackedEvent[] }>();
    for (const { event } of facts.values()) {
      if (event.occurredAt < covered.start || event.occurredAt >= covered.end || !passes(event, filter)) continue;
      const bucket = cuts.filter((cut) => cut <= event.occurredAt).length;
      const name = JSON.stringify([bucket, event.eventType, countLabel(event)]);
      const group = groups.get(name);
      if (group) group.all.push(event);
      else groups.set(name, { first: event, bucket, all: [event] });
    }
    const counts = [...groups.values()].map(({ first, bucket, all }): BucketCount => ({
      bucket,
      eventType: first.eventType,
      label: countLabel(first),
      events: all.length,
      amount: money(all.reduce((sum, { amount }) => sum + tenThousandths(amount ?? '0'), 0n)),
      unpriced:
        covered.start < retentionFloor
          ? null
          : all.filter(({ eventType, amount }) => eventType === 'sale' && amount === null).length,
    }));
    return { counts, window: covered, exact };
  }
}

const passes = (event: TrackedEvent, { eventType, userId, sessionId, pageUrl, label }: MetricsFilter): boolean =>
  (eventType === null || event.eventType === eventType) &&
  (userId === null || event.userId === userId) &&
  (sessionId === null || event.sessionId === sessionId) &&
  (pageUrl === null || event.pageUrl === pageUrl) &&
  (label === null || (event.reaction ?? event.interaction ?? event.currency ?? event.conversionType) === label);
