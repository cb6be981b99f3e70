import { CURRENCIES } from '../../events/domain/currencies.js';
import { type BadField, BrokenRule } from '../../platform/broken-rule.js';
import { RejectedEvent } from '../../events/domain/rejection.js';
import { EARLIEST_MS, LATEST_MS, parseInstant } from '../../events/domain/timestamps.js';
import {
  type AlertRule,
  CONDITIONS,
  COUNTED_TYPE,
  DEFAULT_MIN_CLICKS,
  DEFAULT_RESOLVE_AFTER_MINUTES,
  isOfNow,
  isRelative,
  LONGEST_FOR_MINUTES,
  LONGEST_PERIOD_MINUTES,
  METRICS,
  NAMED_PERIODS,
  type RulePeriod,
} from './alert-rule.js';

const LONGEST_NAME = 100;
const LONGEST_URL = 2048;
const LONGEST_LABEL = 64;
const LARGEST_THRESHOLD = 1e15;
const A_DECIMAL = /^-?\d{1,15}(\.\d{1,4})?$/;

export class InvalidRule extends BrokenRule {
  override readonly name = 'InvalidRule';
  constructor(errors: readonly BadField[]) {
    super(400, 'invalid_rule', errors.map(({ field, message }) => `${field} ${message}`).join('; '), errors);
  }
}

export const RULE_FIELDS: readonly string[] = [
  ...['name', 'metric', 'currency', 'filter', 'period', 'condition', 'threshold', 'for_minutes'],
  ...['resolve_after_minutes', 'min_clicks', 'enabled', 'muted_until', 'repeat_hours', 'webhook_url'],
];

/** Reads a rule as a client or a file writes it, and adds defaults. @throws {InvalidRule} naming every bad field */
export function parseRule(sent: unknown): AlertRule {
  if (!isRecord(sent)) throw new InvalidRule([{ field: 'rule', message: 'must be a JSON object' }]);
  const errors: BadField[] = [];
  const fields = new Fields(sent, errors);
  const filter = fields.record('filter');
  const inFilter = new Fields(filter, errors, 'filter.');
  const rule: AlertRule = {
    name: fields.text('name', LONGEST_NAME) ?? fields.missing('name', `a text of 1 to ${LONGEST_NAME} characters`, ''),
    metric: fields.choice('metric', METRICS) ?? fields.missing('metric', oneOf(METRICS), METRICS[0]),
    currency: fields.text('currency', 3),
    filter: {
      event_type: inFilter.choice('event_type', Object.values(COUNTED_TYPE)),
      label: inFilter.text('label', LONGEST_LABEL),
    },
    period: periodOf(fields),
    condition: fields.choice('condition', CONDITIONS) ?? fields.missing('condition', oneOf(CONDITIONS), CONDITIONS[0]),
    threshold: thresholdOf(fields),
    for_minutes:
      fields.whole('for_minutes', 0, LONGEST_FOR_MINUTES) ??
      fields.missing('for_minutes', `a whole number from 0 to ${LONGEST_FOR_MINUTES}`, 0),
    resolve_after_minutes:
      fields.whole('resolve_after_minutes', 0, LONGEST_FOR_MINUTES) ?? DEFAULT_RESOLVE_AFTER_MINUTES,
    min_clicks: fields.whole('min_clicks', 0, 1_000_000_000) ?? DEFAULT_MIN_CLICKS,
    enabled: fields.truth('enabled') ?? true,
    muted_until: fields.time('muted_until'),
    repeat_hours: fields.whole('repeat_hours', 1, 720),
    webhook_url: webhookOf(fields),
  };
  if (errors.length === 0) errors.push(...contradictions(rule));
  if (errors.length > 0) throw new InvalidRule(errors);
  return rule;
}

/** Finds fields that are right by themselves and make no sense together. */
function contradictions({ metric, currency, filter, condition }: AlertRule): BadField[] {
  const errors: BadField[] = [];
  const wrong = (field: string, message: string) => errors.push({ field, message });
  if (metric === 'revenue' && (currency === null || !CURRENCIES.has(currency))) {
    wrong('currency', 'must be an ISO 4217 code: amounts of several currencies have no sum');
  }
  if (metric !== 'revenue' && currency !== null) wrong('currency', 'must be left out unless metric is revenue');
  const counted = COUNTED_TYPE[metric] ?? null;
  if (filter.event_type !== null && filter.event_type !== counted) {
    wrong(
      'filter.event_type',
      counted === null ? `must be left out for ${metric}` : `must be ${counted} for ${metric}`,
    );
  }
  if (filter.label !== null && (counted === null || counted === 'click')) {
    wrong('filter.label', 'must be left out unless metric is total_conversions or total_sales');
  }
  if (isRelative(condition) && isOfNow(metric)) {
    wrong('condition', `must be below or above for ${metric}, of which nothing is kept from a week before`);
  }
  return errors;
}

/** Reads members of a rule. Each method notes what is wrong, and answers null, as it does for a member that is not there. */
class Fields {
  constructor(
    private readonly sent: Readonly<Record<string, unknown>>,
    private readonly errors: BadField[],
    private readonly path = '',
  ) {}

  of(name: string): unknown {
    return Object.hasOwn(this.sent, name) ? (this.sent[name] ?? null) : null;
  }

  wrong(name: string, message: string): null {
    this.errors.push({ field: this.path + name, message: `must be ${message}` });
    return null;
  }

  /** Notes a defect of a member, unless another one is noted already. */
  missing<T>(name: string, message: string, stand: T): T {
    if (!this.errors.some(({ field }) => field === this.path + name)) this.wrong(name, message);
    return stand;
  }

  text(name: string, longest: number): string | null {
    const value = this.of(name);
    if (value === null) return null;
    const fits = typeof value === 'string' && value !== '' && [...value].length <= longest;
    // eslint-disable-next-line no-control-regex -- what no line of a chat or a log should hold
    if (fits && !/\p{Surrogate}/u.test(value) && !/[\u0000-\u001f\u007f]/.test(value)) return value;
    return this.wrong(name, `a text of 1 to ${longest} characters, none of them a control character`);
  }

  choice<const C extends string>(name: string, choices: readonly C[]): C | null {
    const value = this.of(name);
    if (value === null) return null;
    return choices.find((choice) => choice === value) ?? this.wrong(name, oneOf(choices));
  }

  whole(name: string, least: number, most: number): number | null {
    const value = this.of(name);
    if (value === null) return null;
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
    return this.wrong(name, `a whole number from ${least} to ${most}`);
  }

  truth(name: string): boolean | null {
    const value = this.of(name);
    return value === null || typeof value === 'boolean' ? value : this.wrong(name, 'true or false');
  }

  time(name: string): string | null {
    const value = this.of(name);
    if (value === null) return null;
    const should = 'RFC 3339 with offset, or epoch milliseconds';
    if (typeof value === 'number' && Math.abs(value) < 1e11)
      return this.wrong(name, `${should}: it looks like seconds`);
    if (typeof value !== 'number' && typeof value !== 'string') return this.wrong(name, should);
    try {
      const instant = parseInstant(value, name);
      if (instant >= EARLIEST_MS && instant <= LATEST_MS) return new Date(instant).toISOString();
    } catch (error) {
      if (!(error instanceof RejectedEvent)) throw error;
    }
    return this.wrong(name, should);
  }

  record(name: string): Readonly<Record<string, unknown>> {
    const value = this.of(name);
    if (value !== null && !isRecord(value)) this.wrong(name, 'a JSON object');
    return isRecord(value) ? value : {};
  }
}

function periodOf(fields: Fields): RulePeriod {
  const value = fields.of('period');
  if (typeof value === 'string' && Object.hasOwn(NAMED_PERIODS, value)) return value as RulePeriod;
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LONGEST_PERIOD_MINUTES) {
    return value as number;
  }
  fields.wrong('period', `1h, 24h, 7d, or a whole number of minutes from 1 to ${LONGEST_PERIOD_MINUTES}`);
  return '1h';
}

/** An amount of money may also be sent as a text. */
function thresholdOf(fields: Fields): number {
  const value = fields.of('threshold');
  const number = typeof value === 'string' && A_DECIMAL.test(value) ? Number(value) : value;
  if (typeof number === 'number' && number >= 0 && number <= LARGEST_THRESHOLD) return number;
  fields.wrong('threshold', `a number from 0 to ${LARGEST_THRESHOLD}, with at most 4 decimals where it is a text`);
  return 0;
}

function webhookOf(fields: Fields): string | null {
  const value = fields.text('webhook_url', LONGEST_URL);
  if (value === null) return null;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url && /^https?:$/.test(url.protocol) && url.username + url.password === '') return url.href;
  return fields.wrong('webhook_url', 'an address that begins with https:// or http://, without user and password');
}

const oneOf = (choices: readonly string[]) => `one of ${choices.join(', ')}`;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
