import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { CountDeadLettersQuery } from '../../../dead-letters/application/count-dead-letters.query.js';
import type { Metrics } from '../../../metrics/application/answers/metrics.answer.js';
import { GetMetricsQuery } from '../../../metrics/application/get-metrics.query.js';
import { NO_FILTER } from '../../../metrics/domain/metrics-filter.js';
import { type AlertRule, COUNTED_TYPE, isRelative, minutesOf } from '../../domain/alert-rule.js';
import { type Figure, type Finding, judge } from '../../domain/judgement.js';
import type { JudgedWindow } from '../../domain/notice.js';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

/** The window `(at − period, at]`. */
export const windowAt = ({ period }: AlertRule, at: number): JudgedWindow => ({
  from: at - minutesOf(period) * MINUTE_MS,
  to: at,
});

/** Asks for the figures of a rule as any client does, and judges by them. */
@Injectable()
export class FiguresOfRule {
  constructor(private readonly queries: QueryBus) {}

  async find(rule: AlertRule, window: JudgedWindow): Promise<Finding> {
    const week = { from: window.from - WEEK_MS, to: window.to - WEEK_MS };
    const [now, before] = await Promise.all([
      this.figure(rule, window),
      isRelative(rule.condition) ? this.figure(rule, week) : null,
    ]);
    return judge(rule, now, before);
  }

  private async figure(rule: AlertRule, { from, to }: JudgedWindow): Promise<Figure> {
    if (rule.metric === 'dead_letters') {
      const reasons = await this.queries.execute(new CountDeadLettersQuery());
      const open = reasons.reduce((sum, reason) => sum + reason.open, 0);
      return { value: open, clicks: 0, complete: true };
    }
    const { label } = rule.filter;
    // With a label only events of one type are counted. Without one, counting all types costs no more.
    const filter = label === null ? NO_FILTER : { ...NO_FILTER, eventType: COUNTED_TYPE[rule.metric] ?? null, label };
    const window = { period: '1h', from: String(from), to: String(to) } as const;
    const metrics = await this.queries.execute(new GetMetricsQuery(window, filter, null, []));
    return { value: valueOf(rule, metrics), clicks: metrics.total_clicks, complete: metrics.complete };
  }
}

function valueOf({ metric, currency }: AlertRule, metrics: Metrics): number | null {
  if (metric === 'revenue') return Number(metrics.revenue.find((one) => one.currency === currency)?.amount ?? 0);
  return metric === 'dead_letters' ? null : metrics[metric];
}
