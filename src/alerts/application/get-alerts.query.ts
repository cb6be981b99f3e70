import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { decodeAlertCursor, encodeAlertCursor } from './alert-cursor.js';
import { AlertsReader, type StoredAlert } from './alerts-reader.port.js';
import type { Alert, AlertPage, AlertState } from './answers/alert.answer.js';
import { figure, shownRule, shownWindow } from './rules/rule-views.js';

/** Answers alerts, the newest first. */
export class GetAlertsQuery extends Query<AlertPage> {
  constructor(
    readonly state: AlertState | null,
    readonly limit: number,
    readonly cursor: string | null,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(GetAlertsQuery)
export class GetAlertsHandler implements IQueryHandler<GetAlertsQuery> {
  constructor(private readonly reader: AlertsReader) {}

  /** @throws {InvalidCursor} */
  async execute({ state, limit, cursor, signal }: GetAlertsQuery): Promise<AlertPage> {
    const after = cursor === null ? null : decodeAlertCursor(cursor);
    const found = await this.reader.page(state, limit + 1, after, signal);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return {
      alerts: shown.map(alertOf),
      next_cursor: last && found.length > limit ? encodeAlertCursor(last) : null,
    };
  }
}

const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

const alertOf = ({ ruleId, rule, value, window, startedAt, firedAt, resolvedAt, ...alert }: StoredAlert): Alert => ({
  id: alert.id,
  rule: shownRule(ruleId, rule),
  state: alert.state,
  judged: alert.judged,
  value: value === null ? null : figure(rule.metric, value),
  threshold: figure(rule.metric, rule.threshold),
  window: window && shownWindow(window),
  started_at: new Date(startedAt).toISOString(),
  fired_at: time(firedAt),
  resolved_at: time(resolvedAt),
});
