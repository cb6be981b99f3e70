import { topicOf } from '../../../src/events/application/topic-of.js';
import { EVENT_TYPES } from '../../../src/events/domain/incoming-event.js';
import { AnswerCache } from '../../../src/metrics/application/answer-cache.js';
import type { ConsumerSigns } from '../../../src/metrics/application/consumer-signs.port.js';
import { FactSections } from '../../../src/metrics/application/fact-sections.js';
import type { FactsReader } from '../../../src/metrics/application/facts-reader.port.js';
import { FreshnessOfTopics } from '../../../src/metrics/application/freshness.js';
import { GetMetricsHandler } from '../../../src/metrics/application/get-metrics.query.js';
import { GetReportHandler } from '../../../src/metrics/application/get-report.query.js';
import { GetTimeseriesHandler } from '../../../src/metrics/application/get-timeseries.query.js';
import { GetTopPagesHandler } from '../../../src/metrics/application/get-top-pages.query.js';
import type { ConsumerSign } from '../../../src/metrics/domain/freshness.js';
import { loadConfig } from '../../../src/platform/config/config.js';
import { RegionStandings } from '../../../src/regions/application/region-standings.js';
import type { RegionsReader } from '../../../src/regions/application/regions-reader.port.js';
import { MemoryEvents, MemoryEventStore } from '../../events/memory-event-store.js';
import { slices, TestClock } from '../../support/application.js';
import { recordRows, type Row } from '../../support/record-rows.js';
import { MemoryMetricsReader } from '../memory-metrics-reader.js';

const config = loadConfig(slices, {}).with({ METRICS_CACHE_MS: 0 });

/** The handlers of figures over events in memory, with consumers that have settled all, and without other regions or a cache. */
export class MetricsInMemory {
  readonly events = new MemoryEvents();
  readonly clock: TestClock;
  /** As the consumers report; a test changes them. */
  signs: ConsumerSign[] = EVENT_TYPES.map((eventType) => ({
    topic: topicOf(eventType, config),
    lagMs: 0,
    delayed: 0,
    stillMs: null,
    settledAgoMs: 0,
    unseen: null,
    problem: null,
    ageMs: 0,
  }));
  readonly metrics: GetMetricsHandler;
  readonly timeseries: GetTimeseriesHandler;
  readonly report: GetReportHandler;
  readonly topPages: GetTopPagesHandler;
  /** For handlers of other slices, whose answers say how fresh they are. */
  readonly freshness: FreshnessOfTopics;
  readonly cache: AnswerCache;

  constructor(now: number, facts: Partial<FactsReader> = {}) {
    this.clock = new TestClock(now);
    const reader = new MemoryMetricsReader(this.events);
    const cache = (this.cache = new AnswerCache(this.clock, config));
    const signs: ConsumerSigns = { read: () => Promise.resolve(this.signs) };
    const freshness = (this.freshness = new FreshnessOfTopics(signs, cache, config));
    // Without REGIONS it is asked nothing.
    const regions = new RegionStandings(null as unknown as RegionsReader, config);
    const sections = new FactSections(facts as FactsReader, cache, this.clock);
    this.metrics = new GetMetricsHandler(reader, sections, freshness, regions, cache, this.clock);
    this.timeseries = new GetTimeseriesHandler(reader, freshness, cache, this.clock);
    this.report = new GetReportHandler(reader, freshness, cache, this.clock);
    this.topPages = new GetTopPagesHandler(facts as FactsReader, freshness, cache, this.clock);
  }

  record(rows: readonly Row[]): Promise<void> {
    return recordRows(new MemoryEventStore(this.events), rows);
  }
}
