import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../platform/clock/clock.js';
import { changesOf } from '../domain/comparison.js';
import { DEFINITIONS } from '../domain/definitions.js';
import { figuresOf } from '../domain/figures.js';
import { finishedPeriods, type Report as ReportName } from '../domain/finished-period.js';
import { NO_FILTER } from '../domain/metrics-filter.js';
import { AnswerCache } from './answer-cache.js';
import type { Report } from './answers/report.answer.js';
import { FreshnessOfTopics, ofWindow } from './freshness.js';
import { MetricsReader, type WindowCounts } from './metrics-reader.port.js';

/** Answers the last day, week or month that is over, beside the one before. */
export class GetReportQuery extends Query<Report> {
  constructor(
    readonly report: ReportName,
    /** An IANA zone that exists. */
    readonly tz: string,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(GetReportQuery)
export class GetReportHandler implements IQueryHandler<GetReportQuery> {
  constructor(
    private readonly reader: MetricsReader,
    private readonly freshness: FreshnessOfTopics,
    private readonly cache: AnswerCache,
    private readonly clock: Clock,
  ) {}

  execute({ report, tz, signal }: GetReportQuery): Promise<Report> {
    return this.cache.get(['report', report, tz], (shared) => this.report(report, tz, shared), { signal });
  }

  private async report(report: ReportName, tz: string, signal?: AbortSignal): Promise<Report> {
    const asOf = this.clock.now();
    const { last, before } = finishedPeriods(report, asOf, tz);
    const windows = [last, before].map((range) => ({ range, cuts: [] }));
    const [[counted, countedBefore], freshness] = await Promise.all([
      this.reader.count(windows, NO_FILTER, signal),
      this.freshness.at(asOf),
    ]);
    if (!counted || !countedBefore) throw new Error('two windows were asked for');
    const [now, earlier] = [shown(counted), shown(countedBefore)];
    return {
      report,
      tz,
      ...now,
      computed_from: 'projections',
      definitions: DEFINITIONS,
      comparison: { ...earlier, changes: changesOf(now, earlier) },
      ...ofWindow(freshness, now.exact && earlier.exact),
    };
  }
}

const shown = ({ counts, window, exact }: WindowCounts) => ({
  ...figuresOf(counts, true),
  window: window.toWindow(),
  exact,
});
